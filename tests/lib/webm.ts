// Frames that a browser encoded -> a WebM file that can be sought in: an index at its start, a cluster
// a key frame, and after each cluster as many bytes of nothing as are wanted, so that a few small
// frames make a file of many megabytes.

export interface Frame {
  /** Milliseconds from the start. */
  time: number
  isKey: boolean
  data: Buffer
}

export interface Film {
  codec: string
  width: number
  height: number
  /** Milliseconds. */
  duration: number
  /** The first one is a key frame. */
  frames: Frame[]
  /** Bytes after each cluster. */
  padding: number
}

/** Element ids (RFC 9559 section 5, RFC 8794 section 11.2). */
const ID = {
  ebml: 0x1a45dfa3,
  docType: 0x4282,
  docTypeVersion: 0x4287,
  docTypeReadVersion: 0x4285,
  void: 0xec,
  segment: 0x18538067,
  info: 0x1549a966,
  timestampScale: 0x2ad7b1,
  duration: 0x4489,
  muxingApp: 0x4d80,
  writingApp: 0x5741,
  tracks: 0x1654ae6b,
  trackEntry: 0xae,
  trackNumber: 0xd7,
  trackUid: 0x73c5,
  trackType: 0x83,
  codecId: 0x86,
  video: 0xe0,
  pixelWidth: 0xb0,
  pixelHeight: 0xba,
  cues: 0x1c53bb6b,
  cuePoint: 0xbb,
  cueTime: 0xb3,
  cueTrackPositions: 0xb7,
  cueTrack: 0xf7,
  cueClusterPosition: 0xf1,
  cluster: 0x1f43b675,
  timestamp: 0xe7,
  simpleBlock: 0xa3,
} as const

function element(id: number, ...content: (Buffer | string)[]): Buffer {
  const body = Buffer.concat(content.map(one => Buffer.from(one as string)))
  const name = Buffer.from(id.toString(16).padStart(2, '0'), 'hex')
  // A size of 8 bytes is always allowed, and leaves nothing to compute.
  const size = Buffer.alloc(8)
  size.writeBigUInt64BE(BigInt(body.length) | (1n << 56n))
  return Buffer.concat([name, size, body])
}

function unsigned(value: number): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64BE(BigInt(value))
  return bytes
}

function float(value: number): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeDoubleBE(value)
  return bytes
}

export function webm(film: Film): Buffer {
  const info = element(
    ID.info,
    element(ID.timestampScale, unsigned(1_000_000)),
    element(ID.duration, float(film.duration)),
    element(ID.muxingApp, 'test'),
    element(ID.writingApp, 'test'),
  )
  const size = [
    element(ID.pixelWidth, unsigned(film.width)),
    element(ID.pixelHeight, unsigned(film.height)),
  ]
  const track = element(
    ID.trackEntry,
    element(ID.trackNumber, unsigned(1)),
    element(ID.trackUid, unsigned(1)),
    element(ID.trackType, unsigned(1)),
    element(ID.codecId, film.codec),
    element(ID.video, ...size),
  )
  const tracks = element(ID.tracks, track)
  const clusters = grouped(film.frames).map(cluster)
  const padding = element(ID.void, Buffer.alloc(film.padding))

  // Positions count from the start of the segment's content; an index of any positions is as long.
  const before = info.length + tracks.length + cues(clusters, 0, padding.length).length
  const index = cues(clusters, before, padding.length)
  const head = element(
    ID.ebml,
    element(ID.docType, 'webm'),
    element(ID.docTypeVersion, unsigned(4)),
    element(ID.docTypeReadVersion, unsigned(2)),
  )
  const content = clusters.flatMap(({ bytes }) => [bytes, padding])
  return Buffer.concat([head, element(ID.segment, info, tracks, index, ...content)])
}

interface Cluster {
  time: number
  bytes: Buffer
}

/** A group begins with each key frame. */
function grouped(frames: Frame[]): Frame[][] {
  const groups: Frame[][] = []
  for (const frame of frames) {
    if (frame.isKey) groups.push([])
    groups.at(-1)!.push(frame)
  }
  return groups
}

function cluster(frames: Frame[]): Cluster {
  const { time } = frames[0]!
  const blocks = frames.map(frame => {
    const head = Buffer.from([0x81, 0, 0, frame.isKey ? 0x80 : 0])
    head.writeInt16BE(frame.time - time, 1)
    return element(ID.simpleBlock, head, frame.data)
  })
  return { time, bytes: element(ID.cluster, element(ID.timestamp, unsigned(time)), ...blocks) }
}

function cues(clusters: Cluster[], before: number, padding: number): Buffer {
  let position = before
  const points = clusters.map(({ time, bytes }) => {
    const place = element(
      ID.cueTrackPositions,
      element(ID.cueTrack, unsigned(1)),
      element(ID.cueClusterPosition, unsigned(position)),
    )
    position += bytes.length + padding
    return element(ID.cuePoint, element(ID.cueTime, unsigned(time)), place)
  })
  return element(ID.cues, ...points)
}
