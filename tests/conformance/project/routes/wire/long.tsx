const rows = Array.from({ length: 200 }, (_, index) => index)

export const GET = () => (
  <ul>
    {rows.map(row => (
      <li>A row that is much like the row before it: {row}</li>
    ))}
  </ul>
)
