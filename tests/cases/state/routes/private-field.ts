// dynamic: a counter in a private field of an instance that is kept
class Clock {
  #ticks = 0
  tick() {
    return ++this.#ticks // cause
  }
}
const clock = new Clock()
export const GET = () => ({ tick: clock.tick() })
