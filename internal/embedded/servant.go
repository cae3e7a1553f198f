package embedded

import (
	"errors"
	"fmt"
	"os"
	"os/user"
	"strconv"
	"syscall"
)

// servant is the user that PostgreSQL runs as where we are root, since it
// refuses root: postgres, else nobody. It is nil where we are not root.
type servant struct {
	name     string
	uid, gid uint32
}

func findServant() (*servant, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err := strconv.ParseUint(u.Uid, 10, 32)
		if err != nil {
			return nil, fmt.Errorf("read user id of %s: %w", name, err)
		}
		gid, err := strconv.ParseUint(u.Gid, 10, 32)
		if err != nil {
			return nil, fmt.Errorf("read group id of %s: %w", name, err)
		}
		return &servant{name: name, uid: uint32(uid), gid: uint32(gid)}, nil
	}
	return nil, errors.New("find a user for PostgreSQL, which refuses root: neither postgres nor nobody exists; run as another user than root")
}

// procAttr lets a command run as the servant.
func (s *servant) procAttr() *syscall.SysProcAttr {
	if s == nil {
		return &syscall.SysProcAttr{}
	}
	return &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: s.uid, Gid: s.gid, Groups: []uint32{s.gid}}}
}

// owns gives one folder to the servant.
func (s *servant) owns(path string) error {
	if s == nil {
		return nil
	}
	if err := os.Chown(path, int(s.uid), int(s.gid)); err != nil {
		return fmt.Errorf("give %s to user %s: %w", path, s.name, err)
	}
	return nil
}
