package embedded

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"syscall"
	"time"
)

// child is a server process of ours that ends when we do.
type child struct {
	cmd  *exec.Cmd
	done chan struct{} // closed once the process is reaped
	err  error         // what Wait said; read after done
}

// startChild starts cmd in a process group of its own, so that a Ctrl-C in the
// terminal reaches only us and the order of the stop stays ours. On Linux the
// kernel sends it lastWords when we die, however we die.
//
// The kernel watches the thread that forked, not the process: the goroutine
// below keeps its thread until the child is gone, else the child would be
// ended as soon as the runtime retires that thread.
func startChild(cmd *exec.Cmd, lastWords syscall.Signal) (*child, error) {
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.Setpgid = true
	dieWithUs(cmd.SysProcAttr, lastWords)

	c := &child{cmd: cmd, done: make(chan struct{})}
	started := make(chan error, 1)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		if err := cmd.Start(); err != nil {
			started <- err
			return
		}
		started <- nil
		c.err = cmd.Wait()
		close(c.done)
	}()
	if err := <-started; err != nil {
		return nil, fmt.Errorf("start %s: %w", cmd.Path, err)
	}
	return c, nil
}

func (c *child) pid() int { return c.cmd.Process.Pid }

// alive reports whether the process has not been reaped yet.
func (c *child) alive() bool {
	select {
	case <-c.done:
		return false
	default:
		return true
	}
}

// stop sends each signal in turn and waits grace for its effect; after the last
// one comes SIGKILL. A process that is gone already is no error.
func (c *child) stop(grace time.Duration, signals ...syscall.Signal) error {
	for _, s := range append(signals, syscall.SIGKILL) {
		if !c.alive() {
			return nil
		}
		if err := c.cmd.Process.Signal(s); err != nil && !isGone(err) {
			return fmt.Errorf("signal %s to process %d: %w", s, c.pid(), err)
		}
		select {
		case <-c.done:
			return nil
		case <-time.After(grace):
		}
	}
	return fmt.Errorf("stop process %d: it outlived SIGKILL by %s", c.pid(), grace)
}

// kill is SIGKILL, and waits for the process to be reaped.
func (c *child) kill() error { return c.stop(10 * time.Second) }

func isGone(err error) bool {
	return errors.Is(err, syscall.ESRCH) || errors.Is(err, os.ErrProcessDone)
}
