// static
class Matrix {
  #rows
  static identity(size) {
    return new Matrix(Array.from({ length: size }, (_, i) => Array.from({ length: size }, (_, j) => (i === j ? 1 : 0))))
  }
  constructor(rows) {
    this.#rows = rows
  }
  get trace() {
    return this.#rows.reduce((sum, row, index) => sum + row[index], 0)
  }
  toJSON() {
    return this.#rows
  }
}
export const GET = c => {
  const matrix = Matrix.identity(3)
  return c.json({ matrix, trace: matrix.trace })
}
