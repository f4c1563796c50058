// dynamic: a component that counts
let renders = 0
const Badge = () => <b>{++renders}</b> // cause
export const GET = () => (
  <p>
    <Badge />
  </p>
)
