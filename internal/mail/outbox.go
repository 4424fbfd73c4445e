package mail

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/openlaurel/laurel/internal/record"
)

// Outbox writes mails into a folder, one file each, where no mail server is set: a person or a program of the campus
// takes them from there, and nothing that somebody waits for is lost.
type Outbox struct{ Dir string }

var _ Sender = (*Outbox)(nil)

// outboxSender stands in the files; the domain is reserved and reaches nobody (RFC 2606).
const outboxSender = "records@laurel.invalid"

// Send implements Sender. The file has the name of the mail's id, so that a second attempt writes the same file.
func (o *Outbox) Send(_ context.Context, m *Message) error {
	msg, err := compose(m, outboxSender)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(o.Dir, 0o700); err != nil {
		return fmt.Errorf("mail: the outbox %s cannot be made: %w", o.Dir, err)
	}
	f, err := os.CreateTemp(o.Dir, ".new-*") // mode 0600: there are names and sign-in links inside
	if err != nil {
		return fmt.Errorf("mail: the outbox cannot be written: %w", err)
	}
	_, err = msg.WriteTo(f)
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Rename(f.Name(), filepath.Join(o.Dir, record.Sum([]byte(m.ID))[:32]+".eml"))
	}
	if err != nil {
		return fmt.Errorf("mail: the outbox cannot be written: %w", err)
	}
	return nil
}
