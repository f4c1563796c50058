// A block of source text with its file name above it.

export const Code = ({ file, children }: { file?: string; children: string }) => (
  <figure class="code">
    {file ? <figcaption>{file}</figcaption> : null}
    <pre tabindex={0}>
      <code>{children}</code>
    </pre>
  </figure>
)
