// fasthttp as one would write it by hand: a map of pages, Accept-Encoding and If-None-Match looked at,
// /users/:id by its prefix.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"path/filepath"

	"github.com/valyala/fasthttp"
)

type coding struct {
	Headers map[string]string
	Span    [2]int
}

type table struct {
	Pages []struct {
		Path         string
		Identity, Br coding
	}
}

type field struct{ name, value []byte }

type variant struct {
	fields      []field
	contentType []byte
	etag        []byte
	body        []byte
}

type page struct{ identity, br *variant }

type user struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

func read(name string) []byte {
	content, err := os.ReadFile(filepath.Join(os.Args[1], name))
	if err != nil {
		panic(err)
	}
	return content
}

func main() {
	var stored table
	if err := json.Unmarshal(read("table.json"), &stored); err != nil {
		panic(err)
	}
	content, big := read("table.bin"), read("www/big.bin")
	variantOf := func(from coding) *variant {
		made := &variant{body: content[from.Span[0] : from.Span[0]+from.Span[1]]}
		for name, value := range from.Headers {
			switch name {
			case "Content-Type":
				made.contentType = []byte(value)
			case "ETag":
				made.etag = []byte(value)
			default:
				made.fields = append(made.fields, field{[]byte(name), []byte(value)})
			}
		}
		return made
	}
	pages := make(map[string]page, len(stored.Pages))
	for _, entry := range stored.Pages {
		pages[entry.Path] = page{variantOf(entry.Identity), variantOf(entry.Br)}
	}
	hello, users, br, etag := []byte("Hello, World!"), []byte("/users/"), []byte("br"), []byte("ETag")

	handler := func(ctx *fasthttp.RequestCtx) {
		path, header := ctx.Path(), &ctx.Response.Header
		found, ok := pages[string(path)]
		switch {
		case ok:
			chosen := found.identity
			if bytes.Contains(ctx.Request.Header.Peek("Accept-Encoding"), br) {
				chosen = found.br
			}
			header.SetBytesKV(etag, chosen.etag)
			if bytes.Equal(ctx.Request.Header.Peek("If-None-Match"), chosen.etag) {
				ctx.SetStatusCode(fasthttp.StatusNotModified)
				return
			}
			header.SetContentTypeBytes(chosen.contentType)
			for i := range chosen.fields {
				header.SetBytesKV(chosen.fields[i].name, chosen.fields[i].value)
			}
			ctx.Response.SetBodyRaw(chosen.body)
		case string(path) == "/hello":
			header.SetContentType("text/plain;charset=utf-8")
			ctx.Response.SetBodyRaw(hello)
		case string(path) == "/big.bin":
			header.SetContentType("application/octet-stream")
			ctx.Response.SetBodyRaw(big)
		case bytes.HasPrefix(path, users):
			header.SetContentType("application/json")
			body, _ := json.Marshal(user{string(path[len(users):]), "Ada Lovelace"})
			ctx.Response.SetBodyRaw(body)
		default:
			ctx.SetStatusCode(fasthttp.StatusNotFound)
		}
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	fmt.Printf("Listening on http://%s\n", listener.Addr())
	panic((&fasthttp.Server{Handler: handler, ReadBufferSize: 16384}).Serve(listener))
}
