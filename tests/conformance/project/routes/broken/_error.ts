export default () => {
  throw new Error('the error page throws too')
}
