package server

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/openlaurel/laurel/internal/mail"
)

// outboxFolder is where mails stand as files when no mail server is set.
const outboxFolder = "outbox"

// sender is who delivers mail, as configured.
func (c *Config) sender() (mail.Sender, error) {
	if c.SMTP == "" {
		return &mail.Outbox{Dir: filepath.Join(c.Data, outboxFolder)}, nil
	}
	o := &mail.Options{URL: c.SMTP, From: c.MailFrom}
	if c.SMTPPasswordFile != "" {
		secret, err := os.ReadFile(c.SMTPPasswordFile)
		if err != nil {
			return nil, fmt.Errorf("smtp-password-file: %w", err)
		}
		o.Password = strings.TrimRight(string(secret), "\r\n")
	}
	return mail.NewSMTP(o)
}
