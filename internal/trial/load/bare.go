package main

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
)

// bareServer as the first argument makes this program the server that others are compared with.
const bareServer = "bare-server"

// serveBare keeps bytes in a database as durably as the program does, and answers with them; it does nothing else: no
// session, no audit, no limits. It is the floor of what an address can cost.
func serveBare(database, addr string) error {
	driver, name := "sqlite", "file:"+database+"?_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_txlock=immediate"
	if strings.HasPrefix(database, "postgres") {
		driver, name = "pgx", database
	}
	write, err := sql.Open(driver, name)
	if err != nil {
		return err
	}
	defer write.Close()
	read := write
	if driver == "sqlite" {
		write.SetMaxOpenConns(1)
		if read, err = sql.Open(driver, name+"&_pragma=query_only(1)"); err != nil {
			return err
		}
		defer read.Close()
	}
	kind := map[string]string{"sqlite": "blob", "pgx": "bytea"}[driver]
	if _, err := write.Exec(`CREATE TABLE IF NOT EXISTS trial_blobs (id text PRIMARY KEY, bytes ` + kind + ` NOT NULL)`); err != nil {
		return err
	}
	var kept atomic.Pointer[[]byte]
	var number atomic.Int64
	mux := http.NewServeMux()
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ready") })
	mux.HandleFunc("GET /memory", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(*kept.Load()) }) // the caller has gone
	mux.HandleFunc("POST /memory", func(_ http.ResponseWriter, r *http.Request) {
		if b, err := io.ReadAll(r.Body); err == nil {
			kept.Store(&b)
		}
	})
	mux.HandleFunc("GET /blobs", func(w http.ResponseWriter, r *http.Request) {
		var b []byte
		if err := read.QueryRowContext(r.Context(), `SELECT bytes FROM trial_blobs WHERE id = $1`, r.URL.Query().Get("id")).Scan(&b); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		_, _ = w.Write(b) // the caller has gone
	})
	mux.HandleFunc("POST /blobs", func(w http.ResponseWriter, r *http.Request) {
		id := r.URL.Query().Get("id")
		if id == "" {
			id = fmt.Sprint(number.Add(1))
		}
		b, err := io.ReadAll(r.Body)
		if err == nil {
			_, err = write.ExecContext(r.Context(), `INSERT INTO trial_blobs (id, bytes) VALUES ($1, $2)`, id, b)
		}
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
		}
	})
	return http.ListenAndServe(addr, mux)
}

// plain sends bytes, or asks for them.
func plain(ctx context.Context, client *http.Client, address string, put []byte) int {
	method, body := http.MethodGet, io.Reader(nil)
	if put != nil {
		method, body = http.MethodPost, bytes.NewReader(put)
	}
	req, err := http.NewRequestWithContext(ctx, method, address, body)
	if err != nil {
		return 0
	}
	res, err := client.Do(req)
	if err != nil {
		return 0
	}
	defer res.Body.Close()
	if _, err := io.Copy(io.Discard, res.Body); err != nil {
		return 0
	}
	return res.StatusCode
}
