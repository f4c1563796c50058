// The browsers of the reference, from data/browsers.txt.

import text from '../../data/browsers.txt' with { type: 'text' }

export interface Release {
  version: string
  date: string | null
  status: string
  engine: string | null
}

export interface Browser {
  id: string
  name: string
  type: 'desktop' | 'mobile' | 'server' | 'xr'
  releases: Release[]
}

const data = JSON.parse(text) as { version: string; timestamp: string; browsers: Browser[] }

export const version: string = data.version

/** `YYYY-MM-DD`. */
export const date: string = data.timestamp.slice(0, 10)

export const browsers: Browser[] = data.browsers

const byId = new Map(browsers.map(browser => [browser.id, browser]))

export const findBrowser = (id: string): Browser | undefined => byId.get(id)
