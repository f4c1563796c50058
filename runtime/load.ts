// Placeholder of types until the loader lands.
import type { Manifest } from './artifact.ts'
export interface Loaded {
  manifest: Manifest
  bytes: Uint8Array
}
