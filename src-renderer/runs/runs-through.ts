type Point = readonly [x: number, y: number];

/** Whether a polyline runs through a box. All in pixels, y downwards, points by ascending x. */
export function runsThrough(
  curve: readonly Point[],
  { left, right, top, bottom }: { left: number; right: number; top: number; bottom: number },
): boolean {
  return curve.some(([x, y], place) => {
    const next = curve[place + 1];
    if (next === undefined || next[0] <= left || x >= right) return false;
    const heightAt = (where: number) => y + ((next[1] - y) * (where - x)) / (next[0] - x);
    const heights = [heightAt(Math.max(left, x)), heightAt(Math.min(right, next[0]))];
    return Math.min(...heights) < bottom && Math.max(...heights) > top;
  });
}
