package ring

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

func bytesOf(b byte) []byte { return bytes.Repeat([]byte{b}, 32) }

// testKeys are the same in every test: master 01…, hash 02….
func testKeys(t testing.TB) Keys {
	t.Helper()
	keys, err := ParseKeys(hex.EncodeToString(bytesOf(1)), hex.EncodeToString(bytesOf(2)))
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

func TestParseKeys(t *testing.T) {
	good := base64.StdEncoding.EncodeToString(bytesOf(0xfb))
	for name, tt := range map[string]struct {
		master, hash string
		err          string
	}{
		"hexadecimal":         {hex.EncodeToString(bytesOf(1)), hex.EncodeToString(bytesOf(2)), ""},
		"base64":              {good, base64.StdEncoding.EncodeToString(bytesOf(2)), ""},
		"base64 for URLs":     {base64.RawURLEncoding.EncodeToString(bytesOf(0xfa)), good, ""},
		"with a newline":      {good + "\n", base64.StdEncoding.EncodeToString(bytesOf(2)), ""},
		"too short":           {base64.StdEncoding.EncodeToString(bytesOf(1)[:31]), good, "the master key has 31 bytes and needs 32"},
		"too long":            {good, base64.StdEncoding.EncodeToString(append(bytesOf(1), 1)), "the hash key has 33 bytes"},
		"none":                {"", good, "has 0 bytes"},
		"not base64":          {"correct horse battery staple", good, "neither base64 nor hexadecimal"},
		"one key used twice":  {good, good, "the same"},
		"hexadecimal, broken": {strings.Repeat("g!", 32), good, "neither"},
	} {
		t.Run(name, func(t *testing.T) {
			keys, err := ParseKeys(tt.master, tt.hash)
			switch {
			case tt.err == "" && (err != nil || keys.IsZero()):
				t.Fatalf("got %v, %v", keys, err)
			case tt.err != "" && (!errors.Is(err, ErrKeys) || !strings.Contains(err.Error(), tt.err)):
				t.Fatalf("got %v, want ErrKeys saying %q", err, tt.err)
			}
		})
	}
}

func TestKeysFromEnvironment(t *testing.T) {
	a, b := hex.EncodeToString(bytesOf(1)), hex.EncodeToString(bytesOf(2))
	for name, tt := range map[string]struct {
		set  map[string]string
		zero bool
		err  string
	}{
		"both":        {set: map[string]string{MasterVariable: a, HashVariable: b}},
		"neither":     {zero: true},
		"master only": {set: map[string]string{MasterVariable: a}, zero: true, err: HashVariable + " is not"},
		"hash only":   {set: map[string]string{HashVariable: b}, zero: true, err: MasterVariable + " is not"},
	} {
		t.Run(name, func(t *testing.T) {
			keys, err := KeysFromEnvironment(func(name string) string { return tt.set[name] })
			if keys.IsZero() != tt.zero || (err == nil) != (tt.err == "") || err != nil && !strings.Contains(err.Error(), tt.err) {
				t.Fatalf("got %v, %v", keys, err)
			}
		})
	}
}

func TestKeyFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ring.keys")
	if _, err := LoadKeys(path); !errors.Is(err, fs.ErrNotExist) {
		t.Fatalf("no file: got %v", err)
	}
	made, err := CreateKeys(path)
	if err != nil {
		t.Fatal(err)
	}
	stat, err := os.Stat(path)
	if err != nil || stat.Mode() != 0o600 {
		t.Fatalf("mode %v, %v; want 0600", stat.Mode(), err)
	}
	read, err := LoadKeys(path)
	if err != nil || read.secrets.check != made.secrets.check || read.secrets.wrap != made.secrets.wrap {
		t.Fatalf("read keys are not those made: %v", err)
	}
	if _, err := CreateKeys(path); !errors.Is(err, fs.ErrExist) {
		t.Fatalf("a second time: got %v, want fs.ErrExist", err)
	}
	left, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(left) != 1 {
		t.Fatalf("files left: %v, %v", left, err)
	}
}

func TestKeyFileRefused(t *testing.T) {
	key := base64.StdEncoding.EncodeToString(bytesOf(1))
	for name, tt := range map[string]struct {
		content string
		mode    os.FileMode
		want    string
	}{
		"readable by its group": {`{"master":"` + key + `","hash":""}`, 0o640, "chmod 600"},
		"readable by all":       {`{"master":"` + key + `","hash":""}`, 0o604, "chmod 600"},
		"not JSON":              {"secret-in-the-file", 0o600, "restore it from its backup"},
		"empty":                 {"", 0o600, "restore it from its backup"},
		"another member":        {`{"master":"` + key + `","hash":"` + key + `","salt":"x"}`, 0o600, "expected"},
		"short hash key":        {`{"master":"` + key + `","hash":"AAAA"}`, 0o600, "the hash key has 3 bytes"},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "ring.keys")
			if err := os.WriteFile(path, []byte(tt.content), 0o600); err != nil {
				t.Fatal(err)
			}
			if err := os.Chmod(path, tt.mode); err != nil {
				t.Fatal(err)
			}
			_, err := LoadKeys(path)
			if !errors.Is(err, ErrKeys) || !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), path) {
				t.Fatalf("got %v, want ErrKeys with the path, saying %q", err, tt.want)
			}
			if strings.Contains(err.Error(), key) || strings.Contains(err.Error(), "secret-in-the-file") {
				t.Errorf("the message quotes the file: %v", err)
			}
		})
	}
	t.Run("a folder", func(t *testing.T) {
		if _, err := LoadKeys(t.TempDir()); !errors.Is(err, ErrKeys) {
			t.Fatalf("got %v, want ErrKeys", err)
		}
	})
}

func TestOfManyThatCreateKeysOneDoes(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ring.keys")
	var made atomic.Int32
	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() {
			switch _, err := CreateKeys(path); {
			case err == nil:
				made.Add(1)
			case !errors.Is(err, fs.ErrExist):
				t.Error(err)
			}
		})
	}
	wait.Wait()
	if made.Load() != 1 {
		t.Errorf("%d made keys, want 1", made.Load())
	}
}

func TestKeysDoNotPrint(t *testing.T) {
	keys := testKeys(t)
	type settings struct {
		Ring   Keys
		hidden Keys
	}
	var logged bytes.Buffer
	slog.New(slog.NewTextHandler(&logged, nil)).Info("start", "keys", keys, "settings", settings{keys, keys})
	held := settings{keys, keys}
	for _, text := range []string{
		fmt.Sprint(keys), fmt.Sprintf("%+v %#v %x", keys, keys, keys),
		fmt.Sprintf("%v %+v %#v", held, held, held), logged.String(),
	} {
		for _, secret := range []string{"1 1 1 1", "0x1, 0x1", "01010101", "2 2 2 2", "02020202"} {
			if strings.Contains(text, secret) {
				t.Errorf("keys stand in %q", text)
			}
		}
	}
}

func TestLoadOrCreateKeys(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ring.keys")
	all := make([]Keys, 8)
	var wait sync.WaitGroup
	for i := range all {
		wait.Go(func() {
			keys, err := LoadOrCreateKeys(path)
			if err != nil {
				t.Error(err)
			}
			all[i] = keys
		})
	}
	wait.Wait()
	for _, keys := range all {
		if keys.IsZero() || keys.secrets.check != all[0].secrets.check {
			t.Fatalf("keys differ: %v", all)
		}
	}
	if _, err := LoadOrCreateKeys(filepath.Join(t.TempDir(), "none", "ring.keys")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no folder: got %v", err)
	}
}
