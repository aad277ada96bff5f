import { expect, test } from 'vitest';
import { listTop, scrollTrack, topToShow, trackTop } from './scaled-scroll.ts';

test('a short list scrolls one to one', () => {
  const track = scrollTrack(1_000, 32, 400);
  expect(track.trackHeight).toBe(32_000);
  expect(listTop(track, 1_234)).toBe(1_234);
  expect(trackTop(track, 1_234)).toBe(1_234);
});

test('fits ten million rows into a track that a browser can scroll', () => {
  const track = scrollTrack(10_000_000, 32, 400);
  expect(track.trackHeight).toBe(4_000_000);
  expect(listTop(track, 0)).toBe(0);
  expect(listTop(track, 4_000_000 - 400)).toBe(320_000_000 - 400);
});

test('a position in a long list survives the round trip through the track', () => {
  const track = scrollTrack(10_000_000, 32, 400);
  expect(listTop(track, trackTop(track, 123_456_789))).toBeCloseTo(123_456_789, 3);
});

test('a list shorter than the view does not scroll', () => {
  const track = scrollTrack(3, 32, 400);
  expect(listTop(track, 0)).toBe(0);
  expect(trackTop(track, 0)).toBe(0);
});

test('scrolls a row out of view to the nearer edge', () => {
  const track = scrollTrack(1_000, 32, 320);
  expect(topToShow(track, 2, 32, 640)).toBe(64);
  expect(topToShow(track, 25, 32, 640)).toBe(640);
  expect(topToShow(track, 40, 32, 640)).toBe(992);
});
