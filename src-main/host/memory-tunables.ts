/** What glibc's allocator is asked for (decision 0044), by tunable; where there is no glibc nothing reads it. */
const wanted = {
  // Large pieces of memory lie in pages of two megabytes where Linux gives them to those that ask: a model is read whole for each token,
  // and looking up its small pages took a twelfth of the time. Nothing is reserved.
  'glibc.malloc.hugetlb': 1,
  // Pieces from a megabyte on go back to the system when they are free. glibc would come to keep those of up to 32: of a model of 2.8
  // billion weights, what its matrices were laid out from, 4.3 GB.
  'glibc.malloc.mmap_threshold': 2 ** 20,
};

/** The environment of a program that holds a model; what a person has set stays. */
export function withMemoryTunables(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { GLIBC_TUNABLES: set = '' } = env;
  const more = Object.entries(wanted).filter(([tunable]) => !set.includes(`${tunable}=`));
  const all = [set, ...more.map(([tunable, value]) => `${tunable}=${value}`)].filter(Boolean);
  return { ...env, GLIBC_TUNABLES: all.join(':') };
}
