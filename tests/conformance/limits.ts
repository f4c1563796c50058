// What a host cannot do because the platform's own server, which Precast does not replace there, does
// otherwise. The suite wants each of these to fail, so the list cannot outlive its reason.

import type { Host } from '../lib/servers.ts'

/** By host and by name of case or check: why. */
export const limits: Partial<Record<Host, Record<string, string>>> = {}
