export default { dictionary: true }
