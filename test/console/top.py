# SPDX-FileCopyrightText: The asyncinfo authors
# SPDX-License-Identifier: BSL-1.0
"""usage: top.py <asyncinfo-top> <asyncinfo_console_served>

Uses asyncinfo-top as people do, in tmux: what it shows, sorts, filters, groups and cancels, that it
fits the window, that nothing from a name reaches the terminal as a command, what it says when the
program ends, and that the terminal is as before afterwards. Says what is wrong.
"""

import os
import re
import shlex
import signal
import subprocess
import sys
import tempfile
import time

TOP, SERVED = (os.path.abspath(path) for path in sys.argv[1:3])
PATIENCE = 60  # seconds, within which everything happens
complaints = []


def check(holds, sentence, *facts):
    if not holds:
        complaints.append(sentence)
        print('not so: ' + sentence + ''.join(f':\n{fact}' for fact in facts), flush=True)


class Program:
    def __init__(self, *arguments):
        self.process = subprocess.Popen([SERVED, *arguments], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)
        self.url = self.process.stdout.readline().strip()

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.end()
        self.process.stdout.close()

    def end(self):
        if not self.process.stdin.closed:
            self.process.stdin.close()
        return self.process.wait(60)


class Terminal:
    """A shell in tmux, in which asyncinfo-top was started."""

    number = 0 # a server takes a while to end, so each has a name of its own

    def __init__(self, url, command=(TOP,)):
        Terminal.number += 1
        self.socket = f'asyncinfo-top-{os.getpid()}-{Terminal.number}'
        kept = {name: value for name, value in os.environ.items() if name not in ('NO_COLOR', 'TMUX')}
        self.environment = {**kept, 'LC_ALL': 'C.UTF-8', 'PS1': '$ ', 'ENV': '', 'ASYNCINFO_CONSOLE': url}
        self.tmux('-u', '-f', '/dev/null', 'new-session', '-d', '-x', '140', '-y', '40',
                  'sh', '-i')
        self.until(lambda text: '$' in text, 'there is a shell')
        # How the terminal was, and is afterwards.
        self.keys(f'was=$(stty -g); {shlex.join(command)}; echo "status $?"; test "$was" = "$(stty -g)" && echo restored',
                  'Enter')

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.tmux('kill-server')

    def tmux(self, *arguments):
        return subprocess.run(['tmux', '-L', self.socket, *arguments], env=self.environment, check=True,
                              stdout=subprocess.PIPE, text=True).stdout

    def keys(self, *keys):
        self.tmux('send-keys', *keys)

    def type(self, text):
        self.tmux('send-keys', '-l', text)

    def resize(self, columns, rows):
        self.tmux('resize-window', '-x', str(columns), '-y', str(rows))

    def text(self, *options):
        return self.tmux('capture-pane', '-p', *options)

    def lines(self):
        return [line.rstrip() for line in self.text().splitlines()]

    def until(self, condition, sentence):
        """Waits for a screen that is so, and returns its lines."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            text = self.text()
            if condition(text):
                return [line.rstrip() for line in text.splitlines()]
            time.sleep(0.05)
        check(False, sentence, self.text())
        return self.lines()

    def state(self):
        """Whether the other screen is shown, and whether there is a cursor."""
        return self.tmux('display-message', '-p', '#{alternate_on}#{cursor_flag}').strip()

    def quit(self, *keys, status=0):
        self.keys(*(keys or 'q'))
        lines = self.until(lambda text: re.search(r'status \d+\n(.*\n)*\$', text), 'it ends')
        check(f'status {status}' in lines, f'its status is {status}', *lines)
        check('restored' in lines, 'the terminal is as it was', *lines)
        check(self.state() == '01', 'the screen and the cursor are back', self.state())


def column(lines, head, after):
    """What stands in the table between the column with this head and the one after it."""
    heads = next(line for line in lines if head in line)
    begin, end = heads.index(head), heads.index(after)
    return [line[begin:end].strip() for line in rows(lines, head)]


def rows(lines, head):
    """The table's rows, below the line with these words and above that of the keys."""
    at = next((n for n, line in enumerate(lines) if head in line), None)
    return [] if at is None else [line for line in lines[at + 1:-1] if line]


def shows_and_sorts(program, top):
    lines = top.until(lambda text: 'WHO WAITS FOR WHOM' in text, 'it shows who waits for whom')
    check(re.match(r'downloads · process \d+ · 18 outstanding · ', lines[0]), 'the header', lines[0])
    check(lines[0].endswith('Live'), 'it says that it is live', lines[0])
    check(lines[1].startswith('[1 Why it runs]  2 Operations  3 Ended'), 'the views', lines[1])
    check(lines[2].startswith('Waits for read body (async_read_some) · fetch.cpp:112'),
          'the operation that hangs is the first', lines[2])
    check(any('It waits for itself: ping → pong → ping.' in line for line in lines), 'a circle is found')
    tree = [re.split(r'  +\d', line)[0] for line in rows(lines, 'WHO WAITS')]
    check(tree[2:6] == ['▾ nightly sync (synchronise)', '  ▾ when_all', '    ▾ download (fetch)',
                        '      · async_read_some'], 'the tree', *tree)
    # The chosen row is the one that hangs.
    chosen = [line for line in top.text('-e').splitlines() if '\x1b[7m' in line or ';7m' in line]
    check(len(chosen) == 1 and 'read body' in chosen[0], 'that one is chosen', *chosen)

    top.keys('2')
    lines = top.until(lambda text: 'FUNCTION' in text, 'it shows the operations')
    table = rows(lines, 'FUNCTION')
    check(len(table) == 18 and 'serve' in table[0] and 'nightly sync' in table[1], 'the oldest is the first',
          *table)
    top.keys('s', 's')
    lines = top.until(lambda text: 'NAME ↑' in text, 'it sorts by name')
    named = column(lines, 'NAME ↑', 'FUNCTION')
    known = [name for name in named if name]
    check(known == sorted(known, key=str.lower) and named[:2] == ["<script>alert('name')</script>", 'cut off �'],
          'in order', *named)
    top.keys('r')
    lines = top.until(lambda text: 'NAME ↓' in text, 'it sorts the other way round')
    named = column(lines, 'NAME ↓', 'FUNCTION')
    check(named[0] == 'serve', 'in the other order', *named)


def filters_and_groups(program, top):
    top.type('/fetch.cpp INITIATED')
    lines = top.until(lambda text: text.count('fetch.cpp:112') == 3 and 'serve' not in text, 'it filters')
    check(lines[-1] == '/fetch.cpp INITIATED_', 'the filter is seen', lines[-1])
    top.keys('Enter')
    top.until(lambda text: 'Esc all' in text, 'the filter stays')
    top.keys('Escape')  # which waits whether it is the beginning of a key
    top.until(lambda text: 'serve' in text, 'all are back')

    top.type('ggggggg')
    lines = top.until(lambda text: 'download · 3' in text, 'it groups by name')
    before = rows(lines, 'NAME')
    at = next(n for n, line in enumerate(before) if 'download · 3' in line)
    top.keys('Home', *['Down'] * at, 'Enter')
    lines = top.until(lambda text: '▾  download · 3' in text, 'a group opens')
    check(len(rows(lines, 'NAME')) == len(before) + 3, 'and shows its members', *lines)
    top.type('ggggg')
    top.until(lambda text: 'Not grouped.' in text, 'and not grouped')


def shows_names_as_text(program, top):
    text = top.text('-e')
    check(r'line\nbreak \x1b[31mred\x07 \u202' in text, 'what cannot be seen is shown', text)
    check("<script>alert('name')</script>" in text, 'and what means something to others')


def shows_details(program, top):
    top.keys('1')
    top.until(lambda text: 'WHO WAITS FOR WHOM' in text, 'the tree')
    top.keys('Enter')
    lines = top.until(lambda text: '#8 read body' in text, 'the details')
    for part in ('Cancel was asked', 'by a handle, and it has not stopped.', 'Function      async_read_some',
                 'Result        unsigned long', '26 % (104000 of 400000)', 'Who waits for it',
                 '    #7 download (fetch)'):
        check(any(part in line for line in lines), f'the details have "{part}"', *lines)
    top.keys('Escape')
    top.until(lambda text: 'WHO WAITS FOR WHOM' in text, 'Escape closes the details')
    top.keys('Left', 'Left')
    lines = top.until(lambda text: text.count('download (fetch)') == 3 and 'read body (' not in
                      text.split('WHO WAITS')[1], 'a branch closes')
    top.keys('Right')
    top.until(lambda text: 'read body (' in text.split('WHO WAITS')[1], 'and opens')


def shows_the_rest(program, top):
    top.keys('5')
    lines = top.until(lambda text: 'WHAT IS WRONG' in text, 'the lints')
    check(any(re.match('not_stopped +#8 read body +It was asked to stop', line) for line in lines),
          'what looks like a mistake', *lines)
    top.keys('End', 'Enter')
    lines = top.until(lambda text: 'WHAT IS WRONG' not in text, 'one of them')
    check(any(line.startswith('context_blocked: A handler has kept it') for line in lines), 'with its sentence',
          *lines)
    top.keys('4')
    lines = top.until(lambda text: 'P99' in text, 'how long they took')
    check(any(line.startswith('download (fetch)') for line in rows(lines, 'P99')), 'by name', *lines)
    top.keys('3')
    top.until(lambda text: 'Nothing has ended yet.' in text, 'what has ended')
    top.keys('?')
    top.until(lambda text: 'q, Ctrl-C     quit' in text, 'the keys')
    top.keys('Escape')


def fits(program, top):
    top.keys('2')
    for columns, height in (20, 5), (8, 2), (200, 50), (1, 1), (60, 12):
        top.resize(columns, height)
        lines = top.until(lambda text: re.match('downloads · ' if columns >= 20 else 'd|…|$', text) and
                          ((columns < 20) or 'q quit' in text.splitlines()[-1]) and
                          ((columns < 60) or 'nightly sync' in text), f'it fits {columns} x {height}')
        check(len(lines) <= height, 'with so many rows', *lines)
        if columns == 20:
            check(lines[0] == 'downloads · 18 run' and lines[1] == '[2 Operations]', 'what it shows', *lines)
    top.resize(140, 40)
    top.until(lambda text: text.count('\n') >= 39 and 'nightly sync' in text, 'it fits again')


def stops_and_goes_on(program):
    with Terminal(program.url) as top:
        top.until(lambda text: 'nightly sync' in text, 'it shows something')
        top.quit('C-z', status=148) # so the shell says, which goes on with its line
        top.keys('fg', 'Enter')
        top.until(lambda text: 'nightly sync' in text and 'q quit' in text, 'it goes on')
        check(top.state() == '10', 'it has the screen again', top.state())
        top.keys('q')
        top.until(lambda text: 'nightly sync' not in text, 'it ends')
        top.keys('test "$was" = "$(stty -g)" && echo once more', 'Enter')
        # The line can have been typed before the shell was back.
        top.until(lambda text: re.search(r'^(\$ )?once more$', text, re.M), 'the terminal is as it was')


def is_ended_by(sent, status, program):
    with Terminal(program.url) as top:
        top.until(lambda text: 'WHO WAITS FOR WHOM' in text, 'it shows something')
        if sent == 'C-c':
            # The shell is interrupted as well, and does not go on with the line.
            top.keys(sent)
            top.until(lambda text: 'WHO WAITS' not in text, 'Ctrl-C ends it')
            check(top.state() == '01', 'the screen and the cursor are back', top.state())
            top.keys('echo "status $?"', 'Enter')
            top.until(lambda text: f'status {status}' in text, 'it says that it was interrupted')
            return
        pane = top.tmux('display-message', '-p', '#{pane_pid}').strip()
        with open(f'/proc/{pane}/task/{pane}/children', encoding='ascii') as children:
            os.kill(int(children.read().split()[0]), sent)
        top.quit('', status=status)


def cancels(program, top):
    top.until(lambda text: 'read body' in text, 'it shows something')
    top.keys('1', 'c')
    top.until(lambda text: '#8 read body Cancel it? y/n' in text, 'it asks once more')
    top.keys('n')
    top.until(lambda text: 'It was not cancelled.' in text, 'it can be left')
    top.keys('c', 'y')
    heard = program.process.stdout.readline()
    check(heard == 'cancelled 8\n', 'the program hears of it', heard)
    top.until(lambda text: '#8 was asked to stop.' in text, 'it says so')
    top.keys('3', '/')
    top.type('read body')
    top.until(lambda text: 'cancelled by registry::cancel' in text, 'it tells who did it')
    top.keys('Escape')


def survives_the_end(program, top):
    top.keys('2')
    top.until(lambda text: 'nightly sync' in text, 'it shows something')
    program.end()
    lines = top.until(lambda text: 'The program has ended' in text, 'it says that the program has ended')
    check(any(line.startswith('The program has ended, or has closed its console. You see what was left at')
              for line in lines), 'in a sentence', *lines)
    check('Disconnected' in lines[0] and any('nightly sync' in line for line in lines),
          'the last picture stays', *lines)


def survives_a_crash(program):
    with Terminal(program.url) as top:
        top.until(lambda text: 'nightly sync' in text, 'it shows something')
        program.process.kill()
        lines = top.until(lambda text: 'Disconnected' in text, 'it notices a crash')
        check(any(line.startswith('The connection has broken: ') for line in lines), 'and says so', *lines)
        check(any('nightly sync' in line for line in lines), 'the picture stays then, too', *lines)
        top.quit()


def goes_on_with_the_next_program():
    with tempfile.TemporaryDirectory() as folder:
        path = folder + '/socket'
        with Program('--still', '--socket', path) as program:
            check(program.url == 'unix:' + path, 'the address of a socket', program.url)
            top = Terminal(program.url)
            top.until(lambda text: 'nightly sync' in text and 'Live' in text, 'a Unix socket is read')
        with top:
            top.until(lambda text: 'Disconnected' in text, 'the program has ended')
            with Program('--rows', '10000', '--socket', path):
                top.until(lambda text: 'Live' in text and '10 0' in text, 'it goes on with the next one')
                top.keys('2', 'End')
                top.until(lambda text: re.search(r'\n *\d+ +socket \d+ ', text), 'and shows ten thousand rows')
                top.quit()


def prints_once(program):
    def run(*arguments, **variables):
        done = subprocess.run([TOP, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                              env={**os.environ, 'LC_ALL': 'C.UTF-8', 'ASYNCINFO_CONSOLE': '', **variables})
        return done.returncode, done.stdout, done.stderr

    code, out, err = run('--once', program.url)
    check(code == 0 and err == '' and '\x1b' not in out, 'it prints once', code, out, err)
    check('Waits for read body' in out and '      · read body (async_read_some)' in out, 'all rows', out)
    check(run(program.url)[1].count('\n') == out.count('\n'), 'so it does without a terminal')
    check(run(ASYNCINFO_CONSOLE=program.url)[0] == 0, 'the environment has the address')
    check(run('--once', '--view', 'operations', program.url)[1].splitlines()[2].split()[:2] == ['ID', 'NAME'],
          'another view')
    ascii_only = run('--once', program.url, LC_ALL='C')[1]
    check(ascii_only.isascii() and 'v nightly sync' in ascii_only, 'ASCII where there is nothing else', ascii_only)
    for arguments, status, sentence in (
            (['http://127.0.0.1:1/x/'], 1, 'no console answers at http://127.0.0.1:1/: Connection refused'),
            ([program.url[:-3] + '/'], 1, 'The address lacks its secret'),
            (['unix:/nowhere'], 1, 'no console answers at unix:/nowhere: No such file or directory'),
            (['127.0.0.1'], 1, 'does not begin with http:// or unix:'),
            ([], 2, 'no address'),
            (['--wrong'], 2, 'unknown option: --wrong'),
            (['--view', 'x', 'unix:/x'], 2, 'unknown view: x'),
            (['unix:/x', 'unix:/y'], 2, 'more than one address')):
        code, out, err = run(*arguments)
        check(code == status and out == '' and sentence in err and err.startswith('asyncinfo-top: '),
              f'{arguments} is refused', code, err)
        if status == 1:
            check(err.count('\n') == 1, 'in one sentence', err)
    code, out, err = run('--help')
    check(code == 0 and out.startswith('usage: ') and not err, 'there is help', out)
    with Terminal(program.url, command=['env', 'TERM=dumb', TOP]) as top:
        top.until(lambda text: 'cannot move its cursor' in text, 'it refuses a terminal that cannot do it')
        top.quit('', status=1)


def main():
    with Program('--still') as program:
        prints_once(program)
        with Terminal(program.url) as top:
            for step in (shows_and_sorts, filters_and_groups, shows_names_as_text, shows_details,
                         shows_the_rest, fits):
                step(program, top)
            top.keys('1', 'c')
            top.until(lambda text: 'does not let its console cancel' in text, 'it cancels only if allowed')
            top.quit()
        stops_and_goes_on(program)
        for sent, status in (signal.SIGTERM, 143), (signal.SIGHUP, 129), ('C-c', 130):
            is_ended_by(sent, status, program)
    with Program('--may-cancel') as program, Terminal(program.url) as top:
        cancels(program, top)
        survives_the_end(program, top)
        top.quit()
    with Program() as program:
        survives_a_crash(program)
    goes_on_with_the_next_program()
    print(f'asyncinfo-top: {len(complaints)} complaints', file=sys.stderr)
    sys.exit(bool(complaints))


if __name__ == '__main__':
    main()
