package roster

import (
	"archive/zip"
	"bytes"
	"io"
	"path"
	"slices"
	"strings"

	"github.com/openlaurel/laurel/internal/record"
)

const (
	maxArchiveFiles = 200 // a OneRoster set has 22; a folder of transcripts, a class
	// maxInflation bounds how much larger a file of an archive may be than it looks. Text shrinks to a tenth, tables of
	// zeros to a hundredth; a bomb to a thousandth.
	maxInflation   = 200
	inflationFloor = 1 << 20 // below it, no ratio is an attack
)

func isZIP(f File) bool { return bytes.HasPrefix(f.Data, []byte("PK\x03\x04")) }

// unpack replaces archives by the files in them; workbooks, which are archives too, stay.
func unpack(files []File) ([]File, error) {
	var out []File
	total := 0
	for _, f := range files {
		if !isZIP(f) {
			out = append(out, f)
			continue
		}
		r, err := zip.NewReader(bytes.NewReader(f.Data), int64(len(f.Data)))
		if err != nil {
			return nil, record.Errorf(record.Invalid, "roster.Read", "%s is a damaged ZIP archive (%v); make it again", f.Name, err)
		}
		if isWorkbook(r) {
			out = append(out, f)
			continue
		}
		got, err := extract(f.Name, r, &total)
		if err != nil {
			return nil, err
		}
		out = append(out, got...)
	}
	if len(out) == 0 {
		return nil, record.Errorf(record.Invalid, "roster.Read", "%s has no file in it", files[0].Name)
	}
	return out, nil
}

func isWorkbook(r *zip.Reader) bool {
	return slices.ContainsFunc(r.File, func(f *zip.File) bool { return f.Name == "xl/workbook.xml" })
}

// extract reads the files of an archive. Names are labels and never paths; whatever an archive is used for in attacks
// (names that climb, links, archives in archives, bombs) is refused by name.
func extract(archive string, r *zip.Reader, total *int) ([]File, error) {
	if len(r.File) > maxArchiveFiles {
		return nil, record.Errorf(record.TooLarge, "roster.Read", "%s has more than %d files; split it", archive, maxArchiveFiles)
	}
	var out []File
	for _, e := range r.File {
		base := path.Base(e.Name)
		switch {
		case strings.HasSuffix(e.Name, "/"), strings.HasPrefix(base, "."), strings.HasPrefix(e.Name, "__MACOSX/"):
			continue
		case strings.Contains(e.Name, `\`), path.IsAbs(e.Name), slices.Contains(strings.Split(e.Name, "/"), ".."):
			return nil, record.Errorf(record.Invalid, "roster.Read", "%s has a file named %q, which points outside of it; make the archive again", archive, e.Name)
		case !e.Mode().IsRegular():
			return nil, record.Errorf(record.Invalid, "roster.Read", "%s: %s is not a plain file", archive, base)
		case e.Flags&1 != 0:
			return nil, record.Errorf(record.Invalid, "roster.Read", "%s: %s is encrypted; send it without a password", archive, base)
		}
		data, err := inflate(archive, base, e, MaxFileBytes-*total)
		if err != nil {
			return nil, err
		}
		if bytes.HasPrefix(data, []byte("PK\x03\x04")) {
			return nil, record.Errorf(record.Invalid, "roster.Read", "%s: %s is an archive inside the archive; unpack it first", archive, base)
		}
		if len(data) == 0 {
			continue // an absent OneRoster file is often sent empty
		}
		*total += len(data)
		out = append(out, File{Name: base, Data: data})
	}
	return out, nil
}

func inflate(archive, base string, e *zip.File, room int) ([]byte, error) {
	rc, err := e.Open()
	if err != nil {
		return nil, record.Errorf(record.Invalid, "roster.Read", "%s: %s cannot be unpacked (%v)", archive, base, err)
	}
	defer rc.Close()
	limit := min(int64(room), max(inflationFloor, int64(e.CompressedSize64)*maxInflation)) // what the header promises is not believed
	data, err := io.ReadAll(io.LimitReader(rc, limit+1))
	if err != nil {
		return nil, record.Errorf(record.Invalid, "roster.Read", "%s: %s cannot be unpacked (%v); make the archive again", archive, base, err)
	}
	if int64(len(data)) > limit {
		return nil, record.Errorf(record.TooLarge, "roster.Read", "%s: %s unpacks to more than %d MiB, or to %d times its size; send it as it is", archive, base, MaxFileBytes>>20, maxInflation)
	}
	return data, nil
}
