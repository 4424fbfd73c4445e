// Package server builds the running program: configuration, wiring by hand, middleware, background loops, shutdown.
package server

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/openlaurel/laurel/internal/keyring"
	"github.com/openlaurel/laurel/internal/mail"
)

// Config is every setting of `laurel serve`. Each is a flag, an environment variable (LAUREL_ and the flag's name in
// capitals) and a key of the configuration file; the zero value of each works on one machine.
type Config struct {
	Addr      string `name:"addr" env:"LAUREL_ADDR" default:"127.0.0.1:8080" help:"Address to listen on."`
	PublicURL string `name:"public-url" env:"LAUREL_PUBLIC_URL" help:"The address people reach this server at, such as https://records.example.edu. Every id that is minted starts with it. Default: http(s)://ADDR."`
	Data      string `name:"data" env:"LAUREL_DATA" default:"./data" help:"Folder for the database, keys and outbox."`
	Database  string `name:"database" env:"LAUREL_DATABASE" help:"Empty: SQLite in the data folder. postgres://…: PostgreSQL."`

	TLSCert string `name:"tls-cert" env:"LAUREL_TLS_CERT" help:"File with the TLS certificate chain (PEM)."`
	TLSKey  string `name:"tls-key" env:"LAUREL_TLS_KEY" help:"File with the TLS private key (PEM)."`
	TLS     string `name:"tls" env:"LAUREL_TLS" enum:",self-signed" default:"" help:"self-signed: make a certificate for this run (development only)."`

	KeyPassphraseFile string   `name:"key-passphrase-file" env:"LAUREL_KEY_PASSPHRASE_FILE" help:"File with the passphrase that opens the issuing keys. Default: an identity file in the data folder."`
	PKCS11Module      string   `name:"pkcs11-module" env:"LAUREL_PKCS11_MODULE" help:"Library of a hardware security module (PKCS #11), in which new issuing keys are then made. Needs a program that was built with cgo."`
	PKCS11Token       string   `name:"pkcs11-token" env:"LAUREL_PKCS11_TOKEN" help:"Label of the token in that module."`
	PKCS11PINFile     string   `name:"pkcs11-pin-file" env:"LAUREL_PKCS11_PIN_FILE" help:"File with the PIN of the token's user."`
	Trust             []string `name:"trust" env:"LAUREL_TRUST" help:"Lists of known issuers, as files."`
	Occupations       string   `name:"occupations" env:"LAUREL_OCCUPATIONS" help:"Folder of frameworks and occupations to compare records with: CASE and CTDL files, ZIPs or folders of ESCO's or O*NET's tables."`

	SMTP             string `name:"smtp" env:"LAUREL_SMTP" help:"Mail server: smtp://user@host:587 or smtps://user@host:465. Default: mails are written as files into the outbox of the data folder."`
	SMTPPasswordFile string `name:"smtp-password-file" env:"LAUREL_SMTP_PASSWORD_FILE" help:"File with the password for the mail server."`
	MailFrom         string `name:"mail-from" env:"LAUREL_MAIL_FROM" help:"Address from which mails are sent, such as records@example.edu."`

	LogFormat string        `name:"log-format" env:"LAUREL_LOG_FORMAT" enum:"text,json" default:"text" help:"text or json."`
	LogLevel  string        `name:"log-level" env:"LAUREL_LOG_LEVEL" enum:"debug,info,warn,error" default:"info" help:"debug, info, warn or error."`
	Grace     time.Duration `name:"grace" env:"LAUREL_GRACE" default:"10s" help:"How long requests under way may take at shutdown."`

	ImportDir string `name:"import-dir" env:"LAUREL_IMPORT_DIR" help:"Folder into which other systems drop files: INSTITUTION/FILE or INSTITUTION/SOURCE/FILE. Each becomes an upload that waits for a person. One node watches it."`

	RateAPI    int  `name:"rate-api" env:"LAUREL_RATE_API" default:"600" help:"Requests a minute of one API key, or of one address without a key, on each node. 0: no bound."`
	RateDoor   int  `name:"rate-door" env:"LAUREL_RATE_DOOR" default:"60" help:"Attempts a minute of one address, on each node, at each of: signing in, passcodes, verification. 0: no bound."`
	AtOnce     int  `name:"at-once" env:"LAUREL_AT_ONCE" help:"Requests that a node computes at once; as many again, eight times, wait for their turn, and what is more is answered with 503 and Retry-After. 0: eight for each processor."`
	TrustProxy bool `name:"trust-proxy" env:"LAUREL_TRUST_PROXY" help:"The server stands behind a proxy that writes X-Forwarded-For: the last address in it is the caller's."`

	MetricsTokenFile string `name:"metrics-token-file" env:"LAUREL_METRICS_TOKEN_FILE" help:"File with the token with which /metrics may be read. Without it, only a server at a loopback address answers there."`
	Traces           string `name:"traces" env:"LAUREL_TRACES" help:"OpenTelemetry collector to which traces are sent (OTLP over HTTP), such as http://collector:4318. Default: none are made."`

	Demo bool `name:"demo" env:"LAUREL_DEMO" help:"Fill an empty database with a demonstration institution and print sign-in links."`
}

// keyring says what opens the keys, and where new ones are made.
func (c *Config) keyring() *keyring.Options {
	return &keyring.Options{Dir: c.Data, PassphraseFile: c.KeyPassphraseFile, Token: c.token()}
}

func (c *Config) token() keyring.TokenOptions {
	return keyring.TokenOptions{Module: c.PKCS11Module, Label: c.PKCS11Token, PINFile: c.PKCS11PINFile}
}

// Check says everything that is wrong with the settings, each in a sentence that names the setting.
func (c *Config) Check() error {
	var problems []error
	add := func(format string, args ...any) { problems = append(problems, fmt.Errorf(format, args...)) }
	host, port, err := net.SplitHostPort(c.Addr)
	if err != nil || port == "" {
		add("addr: %q is not HOST:PORT, such as 127.0.0.1:8080", c.Addr)
	}
	if c.PublicURL != "" {
		u, err := url.Parse(c.PublicURL)
		switch {
		case err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http":
			add("public-url: %q is not a web address, such as https://records.example.edu", c.PublicURL)
		case u.Scheme == "http" && !loopback(u.Hostname()):
			add("public-url: %s must be https: credentials and sign-in links that travel in the open can be stolen", c.PublicURL)
		case u.RawQuery != "" || u.Fragment != "" || u.User != nil:
			add("public-url: %s must be a plain address without user, ? or #", c.PublicURL)
		}
	} else if err == nil && !loopback(host) {
		add("public-url: is needed when listening on %s: every id in a credential starts with it and can never be changed", c.Addr)
	}
	if (c.TLSCert == "") != (c.TLSKey == "") {
		add("tls-cert and tls-key belong together; set both")
	}
	if n := len(c.PKCS11Module) * len(c.PKCS11Token) * len(c.PKCS11PINFile); n == 0 && c.token() != (keyring.TokenOptions{}) {
		add("pkcs11-module, pkcs11-token and pkcs11-pin-file belong together; set all three or none")
	}
	if c.TLS != "" && c.TLSCert != "" {
		add("tls: self-signed and tls-cert exclude each other; choose one")
	}
	if c.SMTP != "" {
		if _, err := mail.NewSMTP(&mail.Options{URL: c.SMTP, From: c.MailFrom}); err != nil {
			add("smtp, mail-from: %w", err)
		}
	}
	problems = append(problems, c.checkFiles()...)
	if c.RateAPI < 0 || c.RateDoor < 0 {
		add("rate-api and rate-door: a number of requests a minute, or 0 for no bound")
	}
	if c.AtOnce < 0 {
		add("at-once: a number of requests, or 0 for eight for each processor")
	}
	if u, err := url.Parse(c.Traces); c.Traces != "" && (err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || u.User != nil) {
		add("traces: it must be the address of a collector, such as http://collector:4318, without a user or password") // and is not repeated: it may hold one
	}
	if c.ImportDir != "" {
		if info, err := os.Stat(c.ImportDir); err != nil || !info.IsDir() {
			add("import-dir: %s is not a folder; make it first", c.ImportDir)
		}
	}
	if c.Database != "" && !strings.HasPrefix(c.Database, "postgres://") && !strings.HasPrefix(c.Database, "postgresql://") {
		add("database: %q is not understood; leave it empty for SQLite or give postgres://…", hidePassword(c.Database))
	}
	return errors.Join(problems...)
}

// checkFiles finds the settings that name a file which is not there.
func (c *Config) checkFiles() (problems []error) {
	named := [][2]string{{"tls-cert", c.TLSCert}, {"tls-key", c.TLSKey}, {"key-passphrase-file", c.KeyPassphraseFile}, {"smtp-password-file", c.SMTPPasswordFile},
		{"metrics-token-file", c.MetricsTokenFile}, {"occupations", c.Occupations}}
	for _, list := range c.Trust {
		named = append(named, [2]string{"trust", list})
	}
	for _, f := range named {
		if f[1] == "" {
			continue
		}
		if _, err := os.Stat(f[1]); err != nil {
			problems = append(problems, fmt.Errorf("%s: %s cannot be read: %w; put the file back or name another", f[0], f[1], err))
		}
	}
	return problems
}

// BaseURL is the public address without a trailing slash.
func (c *Config) BaseURL() string {
	if c.PublicURL != "" {
		return strings.TrimRight(c.PublicURL, "/")
	}
	scheme := "http"
	if c.TLSCert != "" || c.TLS != "" {
		scheme = "https"
	}
	return scheme + "://" + c.Addr
}

// DatabaseURL is what the store opens.
func (c *Config) DatabaseURL() string {
	if c.Database != "" {
		return c.Database
	}
	return filepath.Join(c.Data, "laurel.db")
}

// Shown is the configuration for eyes: secrets masked.
func (c *Config) Shown() Config {
	s := *c
	s.Database = hidePassword(c.Database)
	return s
}

func hidePassword(database string) string {
	u, err := url.Parse(database)
	if err != nil {
		return "(not a URL)"
	}
	return u.Redacted()
}

func loopback(host string) bool {
	if host == "localhost" {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}
