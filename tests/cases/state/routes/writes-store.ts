// dynamic: changes what another route reads
import { setTitle } from './_store.ts'

export const GET = () => {
  setTitle('second')
  return 'written'
}
