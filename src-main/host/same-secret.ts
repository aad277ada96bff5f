import { hash, timingSafeEqual } from 'node:crypto';

/** Whether what a request brings is the secret. How long this takes tells nothing of it. */
export function isSameSecret(brought: string, secret: string): boolean {
  return timingSafeEqual(digest(brought), digest(secret));
}

/** Only texts of one length can be compared. */
function digest(text: string): Buffer {
  return hash('sha256', text, 'buffer');
}
