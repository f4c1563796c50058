// static
export const GET = () =>
  [
    'abc'.padStart(5, '*'),
    'a-b-c'.replaceAll('-', () => '+'),
    'x'.codePointAt(0).toString(16),
    encodeURIComponent('a b&c'),
    atob(btoa('text')),
    'Stra\u00dfe'.normalize('NFD'),
    `${[...'\u{1f600}!'].length}`,
    /(?<year>\d{4})/.exec('in 2024').groups.year,
  ].join('|')
