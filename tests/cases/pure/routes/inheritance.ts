// static
class Shape {
  area() {
    return 0
  }
  describe() {
    return `${this.constructor.name} ${this.area()}`
  }
}
class Square extends Shape {
  constructor(side) {
    super()
    this.side = side
  }
  area() {
    return this.side ** 2
  }
}
export const GET = () => [new Shape(), new Square(3)].map(shape => shape.describe()).join(', ')
