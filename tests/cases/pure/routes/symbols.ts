// static
class Range {
  constructor(from, to) {
    this.from = from
    this.to = to
  }
  *[Symbol.iterator]() {
    for (let n = this.from; n <= this.to; n++) yield n
  }
  get [Symbol.toStringTag]() {
    return 'Range'
  }
}
export const GET = () => `${Object.prototype.toString.call(new Range(1, 2))} ${[...new Range(1, 4)]}`
