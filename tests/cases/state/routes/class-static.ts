// dynamic: a counter in a static field
class Page {
  static served = 0
  render() {
    Page.served++ // cause
    return `page ${Page.served}`
  }
}
export const GET = () => new Page().render()
