// Go's net/http as one would write it by hand: a map of pages, Accept-Encoding and If-None-Match
// looked at, /users/:id by its prefix.
package main

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

type span [2]int

type coding struct {
	Headers map[string]string
	Span    span
}

type table struct {
	Pages []struct {
		Path         string
		Identity, Br coding
	}
}

type variant struct {
	header http.Header
	etag   string
	body   []byte
}

type page struct{ identity, br *variant }

type user struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

func read(name string) []byte {
	bytes, err := os.ReadFile(filepath.Join(os.Args[1], name))
	if err != nil {
		panic(err)
	}
	return bytes
}

func main() {
	var stored table
	if err := json.Unmarshal(read("table.json"), &stored); err != nil {
		panic(err)
	}
	bytes, big := read("table.bin"), read("www/big.bin")
	variantOf := func(from coding) *variant {
		header := http.Header{}
		for name, value := range from.Headers {
			header.Set(name, value)
		}
		body := bytes[from.Span[0] : from.Span[0]+from.Span[1]]
		header.Set("Content-Length", strconv.Itoa(len(body)))
		return &variant{header, header.Get("ETag"), body}
	}
	pages := make(map[string]page, len(stored.Pages))
	for _, entry := range stored.Pages {
		pages[entry.Path] = page{variantOf(entry.Identity), variantOf(entry.Br)}
	}
	hello := []byte("Hello, World!")

	handler := func(w http.ResponseWriter, r *http.Request) {
		path, header := r.URL.Path, w.Header()
		switch {
		case path == "/hello":
			header["Content-Type"] = []string{"text/plain;charset=utf-8"}
			w.Write(hello)
		case path == "/big.bin":
			header["Content-Type"] = []string{"application/octet-stream"}
			header["Content-Length"] = []string{strconv.Itoa(len(big))}
			w.Write(big)
		case strings.HasPrefix(path, "/users/"):
			header["Content-Type"] = []string{"application/json"}
			body, _ := json.Marshal(user{path[len("/users/"):], "Ada Lovelace"})
			w.Write(body)
		default:
			found, ok := pages[path]
			if !ok {
				http.NotFound(w, r)
				return
			}
			chosen := found.identity
			if strings.Contains(r.Header.Get("Accept-Encoding"), "br") {
				chosen = found.br
			}
			if r.Header.Get("If-None-Match") == chosen.etag {
				header["Etag"] = chosen.header["Etag"]
				w.WriteHeader(http.StatusNotModified)
				return
			}
			for name, value := range chosen.header {
				header[name] = value
			}
			w.Write(chosen.body)
		}
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	fmt.Printf("Listening on http://%s\n", listener.Addr())
	panic(http.Serve(listener, http.HandlerFunc(handler)))
}
