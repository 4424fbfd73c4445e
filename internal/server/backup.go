package server

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"time"

	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/internal/jobs"
	"github.com/openlaurel/laurel/internal/keyring"
	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/store"
)

// A backup is a compressed tar file: the rows of every table in chunks (rows/<table>/<n>), the identity that opens the
// issuing keys (identity), and last a manifest that says what must have come before it.
const (
	backupFormat   = "laurel-backup-1"
	backupManifest = "manifest.json"
	backupIdentity = "identity"
	backupRows     = "rows"
	// maxBackupEntry bounds one member of a backup: a chunk is 8 MB and one row, and a row is at most an uploaded file.
	maxBackupEntry = 256 << 20
)

// A BackupManifest says what a backup holds.
type BackupManifest struct {
	Format   string          `json:"format"`
	MadeAt   time.Time       `json:"madeAt"`
	Identity bool            `json:"identity"` // the identity that opens the issuing keys is inside
	SHA256   string          `json:"sha256"`   // of the contents of all other members, in their order
	Data     *store.Snapshot `json:"data"`
}

// Rows is the number of rows in all tables.
func (m *BackupManifest) Rows() int64 {
	var n int64
	for _, t := range m.Data.Tables {
		n += t.Rows
	}
	return n
}

// backupWriter adds members to an archive and sums what it adds.
type backupWriter struct {
	tar *tar.Writer
	sum hash.Hash
	at  time.Time
}

func (w *backupWriter) add(name string, content []byte) error {
	if err := w.tar.WriteHeader(&tar.Header{Name: name, Mode: 0o600, Size: int64(len(content)), ModTime: w.at}); err != nil {
		return err
	}
	w.sum.Write(content)
	_, err := w.tar.Write(content)
	return err
}

// Backup writes everything a server is made of, as it is at one moment, while the server goes on. With identity it
// includes what opens the issuing keys, and must then be kept like a key.
func Backup(ctx context.Context, c Config, identity bool, out io.Writer) (*BackupManifest, error) {
	db, err := store.Open(ctx, c.DatabaseURL())
	if err != nil {
		return nil, err
	}
	defer db.Close()
	m := &BackupManifest{Format: backupFormat, MadeAt: time.Now().UTC().Truncate(time.Second)}
	zip := gzip.NewWriter(out)
	w := &backupWriter{tar: tar.NewWriter(zip), sum: sha256.New(), at: m.MadeAt}
	if secret, err := os.ReadFile(filepath.Join(c.Data, keyring.IdentityFile)); identity && err == nil {
		m.Identity = true
		if err := w.add(backupIdentity, secret); err != nil {
			return nil, err
		}
	} else if identity && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("the identity that opens the keys cannot be read: %w", err)
	}
	n := 0
	m.Data, err = db.Dump(ctx, func(table string, lines []byte) error {
		n++
		return w.add(fmt.Sprintf("%s/%s/%08d", backupRows, table, n), lines)
	})
	if err != nil {
		return nil, err
	}
	m.SHA256 = hex.EncodeToString(w.sum.Sum(nil))
	text, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return nil, err
	}
	return m, errors.Join(w.add(backupManifest, text), w.tar.Close(), zip.Close())
}

// backupReader reads the members of an archive one after the other.
type backupReader struct {
	zip *gzip.Reader
	tar *tar.Reader
	sum hash.Hash
}

func readBackup(r io.Reader) (*backupReader, error) {
	zip, err := gzip.NewReader(r)
	if err != nil {
		return nil, errors.New("this is not a backup of Laurel, or it is damaged at its beginning; use another")
	}
	return &backupReader{zip: zip, tar: tar.NewReader(zip), sum: sha256.New()}, nil
}

func (r *backupReader) next() (name string, content []byte, err error) {
	h, err := r.tar.Next()
	if err == io.EOF {
		return "", nil, io.EOF
	}
	if err != nil {
		return "", nil, fmt.Errorf("the backup is damaged or not whole (%w); use another", err)
	}
	if h.Size > maxBackupEntry {
		return "", nil, fmt.Errorf("the backup's member %q has %d bytes, more than any that Laurel writes", h.Name, h.Size)
	}
	content = make([]byte, h.Size)
	if _, err := io.ReadFull(r.tar, content); err != nil {
		return "", nil, fmt.Errorf("the backup is damaged or not whole (%w); use another", err)
	}
	return h.Name, content, nil
}

// ReadBackup reads a backup from end to end and returns its manifest when all of it is there and unchanged.
func ReadBackup(file io.Reader) (*BackupManifest, error) {
	r, err := readBackup(file)
	if err != nil {
		return nil, err
	}
	for {
		name, content, err := r.next()
		if err == io.EOF {
			return nil, errors.New("the backup has no manifest at its end: it is not whole; use another")
		}
		if err != nil {
			return nil, err
		}
		if name != backupManifest {
			r.sum.Write(content)
			continue
		}
		if _, err := io.Copy(io.Discard, r.zip); err != nil { // to the end, where the archive's own checksum is
			return nil, fmt.Errorf("the backup is damaged or not whole (%w); use another", err)
		}
		var m BackupManifest
		if err := ijson.Unmarshal(content, &m); err != nil || m.Format != backupFormat || m.Data == nil {
			return nil, fmt.Errorf("the backup's manifest is not one that this program reads (%s wanted)", backupFormat)
		}
		if m.SHA256 != hex.EncodeToString(r.sum.Sum(nil)) {
			return nil, errors.New("the backup's contents are not those that were written; use another")
		}
		return &m, nil
	}
}

// Restored says what a restore found when it checked its own work.
type Restored struct {
	Manifest     *BackupManifest
	Credentials  int64 // whose bytes are those that were signed
	Events       int64 // of audit chains that hold
	KeysOpen     int
	KeysLocked   int // what opens them was not in the backup and is not here
	Institutions int
}

// Restore fills an empty place with a backup and checks it: every credential's bytes against their hash, every audit
// chain from its first event to its head, and which issuing keys can be opened. Nothing is written over.
func Restore(ctx context.Context, c Config, file io.ReadSeeker) (*Restored, error) {
	m, err := ReadBackup(file)
	if err != nil {
		return nil, err
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(c.Data, 0o700); err != nil {
		return nil, fmt.Errorf("the data folder %s cannot be made: %w", c.Data, err)
	}
	r, err := readBackup(file)
	if err != nil {
		return nil, err
	}
	queue := func(db *store.DB) error {
		_, err := jobs.Open(ctx, db, nil) // makes its tables
		return err
	}
	db, err := store.Restore(ctx, c.DatabaseURL(), m.Data, queue, func() (string, []byte, error) { return r.rows(c.Data) })
	if err != nil {
		return nil, err
	}
	defer db.Close()
	done := &Restored{Manifest: m}
	return done, errors.Join(done.check(ctx, db), done.openKeys(ctx, c, db))
}

// rows gives the next chunk of rows; the identity that comes before them is put in its place.
func (r *backupReader) rows(data string) (table string, lines []byte, err error) {
	for {
		name, content, err := r.next()
		if err != nil {
			return "", nil, err
		}
		switch dir, _ := path.Split(name); {
		case name == backupIdentity:
			if err := placeIdentity(data, content); err != nil {
				return "", nil, err
			}
		case name == backupManifest:
			return "", nil, io.EOF
		case path.Dir(path.Clean(dir)) == backupRows:
			return path.Base(dir), content, nil
		default:
			return "", nil, fmt.Errorf("the backup has a member %q that this program does not know", name)
		}
	}
}

// placeIdentity writes the identity, unless the same is there; another is never written over.
func placeIdentity(data string, secret []byte) error {
	name := filepath.Join(data, keyring.IdentityFile)
	f, err := os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if errors.Is(err, fs.ErrExist) {
		if there, rerr := os.ReadFile(name); rerr == nil && bytes.Equal(there, secret) {
			return nil
		}
		return fmt.Errorf("%s is there already and is another than the backup's; restore into an empty folder", name)
	}
	if err != nil {
		return err
	}
	_, err = f.Write(secret)
	return errors.Join(err, f.Sync(), f.Close())
}

// checkPage is how many credentials are held in memory at once.
const checkPage = 500

func (done *Restored) check(ctx context.Context, db *store.DB) error {
	return db.View(ctx, func(tx *store.Tx) error {
		all, err := tx.Institutions(ctx)
		if err != nil {
			return err
		}
		done.Institutions = len(all)
		for _, i := range all {
			n, err := tx.CheckAudit(ctx, i.ID)
			if err != nil {
				return err
			}
			done.Events += n
			var after record.CredentialID
			for {
				page, err := tx.CredentialsAfter(ctx, i.ID, after, checkPage)
				if err != nil {
					return err
				}
				for _, c := range page {
					if record.Sum(c.Bytes) != c.SHA256 {
						return fmt.Errorf("the credential %s is not the one that was signed: its hash differs; use another backup", c.URI)
					}
					after = c.ID
				}
				done.Credentials += int64(len(page))
				if len(page) < checkPage {
					break
				}
			}
		}
		return nil
	})
}

// openKeys counts which issuing keys can be opened here. Without an identity or a passphrase none can; asking the keyring
// then would make a new identity, which would only hide that the right one is missing.
func (done *Restored) openKeys(ctx context.Context, c Config, db *store.DB) error {
	var ring *keyring.Keyring
	_, err := os.Stat(filepath.Join(c.Data, keyring.IdentityFile))
	if c.KeyPassphraseFile != "" || err == nil {
		if ring, err = keyring.Open(c.keyring()); err != nil {
			return err
		}
	}
	return db.View(ctx, func(tx *store.Tx) error {
		all, err := tx.Institutions(ctx)
		if err != nil {
			return err
		}
		for _, i := range all {
			keys, err := tx.Keys(ctx, i.ID)
			if err != nil {
				return err
			}
			for _, k := range keys {
				if ring == nil {
					done.KeysLocked++
				} else if _, err := ring.Unseal(k.Sealed); err != nil {
					done.KeysLocked++
				} else {
					done.KeysOpen++
				}
			}
		}
		return nil
	})
}
