// What `import ... from 'precast'` gives a project: the type of its `precast.config.ts`.

export interface Config {
  /**
   * What a route's URL with a slash at its end answers: `never` (default) redirects `/about/` to
   * `/about`, `always` the other way round, `ignore` serves both.
   */
  trailingSlash?: 'never' | 'always' | 'ignore'
}

/** Gives an editor the type of the object; returns it as it is. */
export function defineConfig(config: Config): Config {
  return config
}
