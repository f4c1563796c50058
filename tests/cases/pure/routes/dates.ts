// static
const released = new Date('2024-02-29T12:00:00Z')
const next = new Date(released.getTime() + 86_400_000)
const format = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: 'UTC' })
export const GET = () =>
  [released.toISOString(), next.toISOString(), format.format(released), new Date(0).toJSON(), Date.UTC(2020, 1, 1)].join('\n')
