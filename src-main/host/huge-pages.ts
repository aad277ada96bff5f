const tunable = 'glibc.malloc.hugetlb';

/**
 * The environment of a program whose large pieces of memory lie in pages of two megabytes where Linux gives them to those that ask:
 * a model is read whole for each token, and looking up its small pages took a twelfth of the time (decision 0044). Nothing
 * is reserved; where there is no glibc nothing reads it.
 */
export function withHugePages(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { GLIBC_TUNABLES: set = '' } = env;
  if (set.includes(tunable)) return env;
  return { ...env, GLIBC_TUNABLES: [set, `${tunable}=1`].filter(Boolean).join(':') };
}
