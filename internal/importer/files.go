package importer

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync/atomic"
)

// file is an export on disk.
type file struct {
	path   string
	size   int64
	digest [sha256.Size]byte
	read   atomic.Int64 // bytes of it so far
}

// openFile looks at a file and takes its digest.
func openFile(ctx context.Context, name string) (*file, error) {
	in, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("read export: %w", err)
	}
	defer func() { _ = in.Close() }()
	state, err := in.Stat()
	if err != nil {
		return nil, fmt.Errorf("read export: %w", err)
	}
	if !state.Mode().IsRegular() {
		return nil, fmt.Errorf("read export %s: not a file; an import must be able to read it again", name)
	}
	f := &file{path: name, size: state.Size()}
	hash := sha256.New()
	if _, err := io.Copy(hash, &stoppable{ctx, in}); err != nil {
		return nil, fmt.Errorf("read export %s: %w", name, err)
	}
	hash.Sum(f.digest[:0])
	return f, nil
}

// each gives the tables in the file: itself, or each file of a zip.
func (f *file) each(ctx context.Context, take func(name string, in io.Reader) error) error {
	disk, err := os.Open(f.path)
	if err != nil {
		return fmt.Errorf("read export: %w", err)
	}
	defer func() { _ = disk.Close() }()
	shown := filepath.Base(f.path)
	start := make([]byte, 4)
	n, err := disk.ReadAt(start, 0)
	if err != nil && err != io.EOF { //nolint:errorlint // ReadAt returns io.EOF itself
		return fmt.Errorf("read export %s: %w", f.path, err)
	}
	start = start[:n]
	counted := &counting{disk: disk, read: &f.read}
	whole := io.NewSectionReader(counted, 0, f.size)
	switch {
	case bytes.HasPrefix(start, []byte("PK\x03\x04")), bytes.HasPrefix(start, []byte("PK\x05\x06")):
		archive, err := zip.NewReader(counted, f.size)
		if err != nil {
			return fmt.Errorf("read archive %s: %w", f.path, err)
		}
		f.read.Store(0) // its directory stands at the end
		return eachMember(ctx, archive, shown, take)
	case bytes.HasPrefix(start, []byte("\x1f\x8b")):
		unzipped, err := gzip.NewReader(whole)
		if err != nil {
			return fmt.Errorf("read archive %s: %w", f.path, err)
		}
		return take(shown, &stoppable{ctx, unzipped})
	}
	return take(shown, &stoppable{ctx, whole})
}

func eachMember(ctx context.Context, archive *zip.Reader, shown string, take func(string, io.Reader) error) error {
	tables := 0
	for _, member := range archive.File {
		base := path.Base(member.Name)
		if !member.Mode().IsRegular() || strings.HasPrefix(base, ".") || strings.HasPrefix(member.Name, "__MACOSX/") {
			continue
		}
		tables++
		in, err := member.Open()
		if err != nil {
			return fmt.Errorf("read %s in archive %s: %w", member.Name, shown, err)
		}
		err = take(shown+"/"+member.Name, &stoppable{ctx, in})
		_ = in.Close()
		if err != nil {
			return err
		}
	}
	if tables == 0 {
		return fmt.Errorf("read archive %s: no file is in it", shown)
	}
	return nil
}

// counting counts what is read of a file on disk, also below an archive.
type counting struct {
	disk *os.File
	read *atomic.Int64
}

func (c *counting) ReadAt(p []byte, at int64) (int, error) {
	n, err := c.disk.ReadAt(p, at)
	c.read.Add(int64(n))
	return n, err
}

// stoppable stops reading when its context ends.
type stoppable struct {
	ctx context.Context //nolint:containedctx // a Reader is called without one
	in  io.Reader
}

func (s *stoppable) Read(p []byte) (int, error) {
	if err := s.ctx.Err(); err != nil {
		return 0, context.Cause(s.ctx)
	}
	return s.in.Read(p)
}
