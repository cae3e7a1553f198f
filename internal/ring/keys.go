package ring

import (
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
)

// ErrKeys is returned for keys that cannot be used; the message says what to do.
var ErrKeys = errors.New("ring keys are unusable")

// The variables that [KeysFromEnvironment] reads: 32 bytes each, base64 or hexadecimal.
const (
	MasterVariable = "TELLONCE_RING_MASTER_KEY"
	HashVariable   = "TELLONCE_RING_HASH_KEY"
)

// Keys are the two secrets of a ring. The master key wraps the persons' seeds. The
// hash key names identifiers and can never change: without it nobody is found again.
// Keys print as the id of their master key, never as themselves.
type Keys struct{ secrets *secrets }

// secrets are what the two keys are used for, each use with a key of its own.
type secrets struct {
	wrap string      // id of the master key
	box  cipher.AEAD // wraps seeds

	name, reference, event, row, digest secret
	check                               [32]byte // what an installation knows its hash key by
}

func newKeys(master, hash [32]byte) (Keys, error) {
	m, h := secret(master), secret(hash)
	id := m.mac("tellonce master id")
	box, err := newBox(m.mac("tellonce wrap"))
	if err != nil {
		return Keys{}, err
	}
	return Keys{&secrets{
		wrap: hex.EncodeToString(id[:8]),
		box:  box,

		name:      h.mac("tellonce name"),
		reference: h.mac("tellonce reference"),
		event:     h.mac("tellonce event"),
		row:       h.mac("tellonce row"),
		digest:    h.mac("tellonce digest"),
		check:     h.mac("tellonce check"),
	}}, nil
}

// IsZero reports whether these are no keys.
func (k Keys) IsZero() bool { return k.secrets == nil }

func (k Keys) String() string {
	if k.IsZero() {
		return "no ring keys"
	}
	return "ring keys of master " + k.secrets.wrap
}

// GoString keeps the keys out of %#v.
func (k Keys) GoString() string { return k.String() }

// LogValue keeps the keys out of logs.
func (k Keys) LogValue() slog.Value { return slog.StringValue(k.String()) }

// ParseKeys reads two keys of 32 bytes, each in base64 (either alphabet, padded or
// not) or hexadecimal. Anything else is ErrKeys.
func ParseKeys(master, hash string) (Keys, error) {
	m, err := parseKey("master", master)
	if err != nil {
		return Keys{}, err
	}
	h, err := parseKey("hash", hash)
	if err != nil {
		return Keys{}, err
	}
	if m == h {
		return Keys{}, fmt.Errorf("read ring keys: %w: master and hash key are the same; make each of 32 random bytes of its own", ErrKeys)
	}
	return newKeys(m, h)
}

func parseKey(name, text string) ([32]byte, error) {
	text = strings.TrimSpace(text)
	var b []byte
	var err error
	if len(text) == 64 {
		b, err = hex.DecodeString(text)
	} else {
		plain := strings.NewReplacer("-", "+", "_", "/").Replace(strings.TrimRight(text, "="))
		b, err = base64.RawStdEncoding.DecodeString(plain)
	}
	if err != nil {
		return [32]byte{}, fmt.Errorf("read ring keys: %w: the %s key is neither base64 nor hexadecimal", ErrKeys, name)
	}
	if len(b) != 32 {
		return [32]byte{}, fmt.Errorf("read ring keys: %w: the %s key has %d bytes and needs 32; make one with: head -c 32 /dev/urandom | base64", ErrKeys, name, len(b))
	}
	return [32]byte(b), nil
}

// KeysFromEnvironment reads the keys from MasterVariable and HashVariable, by way of
// a function like os.Getenv. Neither set: zero Keys. One without the other is ErrKeys.
func KeysFromEnvironment(getenv func(string) string) (Keys, error) {
	master, hash := getenv(MasterVariable), getenv(HashVariable)
	switch {
	case master == "" && hash == "":
		return Keys{}, nil
	case master == "":
		return Keys{}, fmt.Errorf("read ring keys: %w: %s is set and %s is not; set both or neither", ErrKeys, HashVariable, MasterVariable)
	case hash == "":
		return Keys{}, fmt.Errorf("read ring keys: %w: %s is set and %s is not; set both or neither", ErrKeys, MasterVariable, HashVariable)
	}
	return ParseKeys(master, hash)
}

// keyFile is the form of the file, JSON; base64.
type keyFile struct {
	Master string `json:"master"`
	Hash   string `json:"hash"`
}

// LoadKeys reads the keys in a file that CreateKeys made. No file is fs.ErrNotExist;
// a file that others than its owner may touch, or that holds no keys, is ErrKeys.
func LoadKeys(path string) (Keys, error) {
	f, err := os.Open(path)
	if err != nil {
		return Keys{}, fmt.Errorf("open ring keys: %w", err)
	}
	defer func() { _ = f.Close() }()
	stat, err := f.Stat()
	if err != nil {
		return Keys{}, fmt.Errorf("open ring keys: %w", err)
	}
	if !stat.Mode().IsRegular() {
		return Keys{}, fmt.Errorf("read ring keys %s: %w: it is not a file", path, ErrKeys)
	}
	if mode := stat.Mode().Perm(); mode&0o077 != 0 {
		return Keys{}, fmt.Errorf("read ring keys %s: %w: others may read or write it (mode %04o); run: chmod 600 %s", path, ErrKeys, mode, path)
	}
	var file keyFile
	dec := json.NewDecoder(io.LimitReader(f, 4096))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&file); err != nil {
		// The decoder's message may quote the file.
		return Keys{}, fmt.Errorf(`read ring keys %s: %w: {"master": "…", "hash": "…"} expected, each 32 bytes in base64; restore it from its backup`, path, ErrKeys)
	}
	keys, err := ParseKeys(file.Master, file.Hash)
	if err != nil {
		return Keys{}, fmt.Errorf("%s: %w", path, err)
	}
	return keys, nil
}

// CreateKeys makes new keys and writes them to a new file of mode 0600. A file that
// is there already is fs.ErrExist and left alone: it may be the only copy. The file
// appears whole or not at all, so of two that create at once one succeeds.
func CreateKeys(path string) (Keys, error) {
	var master, hash [32]byte
	_, _ = rand.Read(master[:]) // never fails: it ends the program first
	_, _ = rand.Read(hash[:])
	b, err := json.MarshalIndent(keyFile{
		Master: base64.StdEncoding.EncodeToString(master[:]),
		Hash:   base64.StdEncoding.EncodeToString(hash[:]),
	}, "", "  ")
	if err != nil {
		return Keys{}, fmt.Errorf("create ring keys: %w", err)
	}
	if err := createFile(path, append(b, '\n')); err != nil {
		return Keys{}, fmt.Errorf("create ring keys: %w", err)
	}
	return newKeys(master, hash)
}

// LoadOrCreateKeys reads the keys in a file, or makes them where there is none: what an
// embedded installation does. Of two that make them at once both get the same.
func LoadOrCreateKeys(path string) (Keys, error) {
	keys, err := LoadKeys(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return keys, err
	}
	if keys, err = CreateKeys(path); errors.Is(err, fs.ErrExist) {
		return LoadKeys(path)
	}
	return keys, err
}

func createFile(path string, content []byte) error {
	dir := filepath.Dir(path)
	f, err := os.CreateTemp(dir, ".keys-*") // mode 0600
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(f.Name()) }()
	if _, err := f.Write(content); err != nil {
		_ = f.Close()
		return err
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Link(f.Name(), path); err != nil {
		if errors.Is(err, fs.ErrExist) {
			return &fs.PathError{Op: "create", Path: path, Err: fs.ErrExist}
		}
		return err
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
