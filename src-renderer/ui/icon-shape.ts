import type Play from '@lucide/svelte/icons/play';

/** A Lucide icon, imported individually: `import Play from '@lucide/svelte/icons/play'`. */
export type IconShape = typeof Play;
