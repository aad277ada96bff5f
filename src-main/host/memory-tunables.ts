/** Settings of glibc's allocator (decision 0044), by tunable; without glibc they are ignored. */
const wanted = {
  // Puts large allocations in two-megabyte pages where Linux grants those on request: a model is read whole for each
  // token, and looking up small pages took a twelfth of the time. Nothing is reserved.
  'glibc.malloc.hugetlb': 1,
  // Returns freed allocations of a megabyte or more to the system. By default glibc comes to keep those of up to 32 MB:
  // for a model with 2.8 billion weights, 4.3 GB of buffers from which its matrices were laid out.
  'glibc.malloc.mmap_threshold': 2 ** 20,
};

/** The environment for a program that holds a model; values set by a person are kept. */
export function withMemoryTunables(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { GLIBC_TUNABLES: set = '' } = env;
  const more = Object.entries(wanted).filter(([tunable]) => !set.includes(`${tunable}=`));
  const all = [set, ...more.map(([tunable, value]) => `${tunable}=${value}`)].filter(Boolean);
  return { ...env, GLIBC_TUNABLES: all.join(':') };
}
