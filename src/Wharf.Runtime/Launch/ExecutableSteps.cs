using Wharf.Linux;
using Wharf.Linux.Plans;
using Wharf.Oci.Runtime;
using Wharf.Primitives;

namespace Wharf.Runtime.Launch;

/// <summary>
/// The last operations: execve(2) of each place where the program may be. Where a start gate lies before them, what can be known of the
/// program is found out before the gate, so that "create" already fails for a missing one.
/// </summary>
internal sealed class ExecutableSteps
{
    private readonly SyscallPlan _plan;
    private readonly string _name;
    private readonly string[] _candidates;
    private readonly nint _arguments;
    private readonly nint _environment;

    private readonly ProcessSpec _process;
    private readonly bool _init;

    /// <param name="plan">Where the steps go.</param>
    /// <param name="process">Arguments, environment.</param>
    /// <param name="init">Our init comes before the program.</param>
    /// <param name="program">The program, where the first argument is not its name.</param>
    public ExecutableSteps(SyscallPlan plan, ProcessSpec process, bool init = false, string? program = null)
    {
        _process = process;
        _init = init;
        if (process.Args is not { Count: > 0 } arguments)
        {
            throw WharfException.Invalid("process.args must not be empty");
        }

        _plan = plan;
        _name = program ?? arguments[0];
        _candidates = ExecutablePath.Candidates(_name, process.Env);
        _arguments = plan.Vector(arguments);
        _environment = plan.Vector(process.Env ?? []);
    }

    /// <summary>The first of our operations; errors from there on are about the program.</summary>
    public int First { get; private set; } = -1;

    /// <summary>The operation that reports a program which is there but needs another that is not (interpreter, loader).</summary>
    public int MissingInterpreter { get; private set; } = -1;

    public string Name => _name;

    /// <summary>Fails where none of the places has an executable file.</summary>
    public void Check()
    {
        if (_init)
        {
            return;
        }

        const int X_OK = 1, AtCurrentDirectory = -100;
        First = _plan.Count;
        PlanLabel found = _plan.NewLabel();
        foreach (string candidate in _candidates)
        {
            PlanLabel next = _plan.NewLabel();
            nint path = _plan.Text(candidate);
            // EPERM is a filter that does not know the call: let execve decide
            _plan.Add("faccessat", candidate, Call.faccessat, AtCurrentDirectory, path, X_OK)
                .On(Errno.ENOENT, next).On(_candidates.Length > 1 ? Errno.EACCES : Errno.ENOENT, next).On(Errno.EPERM, found);
            // a directory has the permission too, and is no program
            _plan.Add("open", candidate, Call.openat, AtCurrentDirectory, path, (int)(OpenFlags.Path | OpenFlags.Directory | OpenFlags.CloseOnExec))
                .On(Errno.ENOTDIR, found).On(Errno.EPERM, found);
            if (_candidates.Length == 1)
            {
                _plan.Fail("exec", candidate, Errno.EACCES);
            }

            _plan.Mark(next);
        }

        _plan.Fail("exec", _name, Errno.ENOENT);
        _plan.Mark(found);
    }

    public void Execute()
    {
        First = First < 0 ? _plan.Count : First;
        if (_init)
        {
            ExecuteInit();
            return;
        }

        if (_candidates.Length == 1)
        {
            ExecuteOne(_candidates[0]);
            return;
        }

        foreach (string candidate in _candidates)
        {
            _plan.Add("execve", candidate, Call.execve, _plan.Text(candidate), _arguments, _environment)
                .Allow(Errno.ENOENT).Allow(Errno.EACCES).Allow(Errno.ENOTDIR);
        }

        _plan.Fail("exec", _name, Errno.ENOENT);
    }

    /// <summary>After a gate nobody listens any more: the container's own stderr gets the text.</summary>
    public void ExecuteWithoutAudience()
    {
        if (_init)
        {
            ExecuteInit();
            return;
        }

        foreach (string candidate in _candidates)
        {
            PlanLabel next = _plan.NewLabel(), badFormat = _plan.NewLabel(), denied = _plan.NewLabel();
            _plan.Add("execve", candidate, Call.execve, _plan.Text(candidate), _arguments, _environment)
                .On(Errno.ENOENT, next).On(Errno.ENOEXEC, badFormat).On(Errno.EACCES, denied);
            _plan.Mark(badFormat);
            Tell(candidate, Errno.ENOEXEC);
            _plan.Mark(denied);
            if (_candidates.Length == 1)
            {
                Tell(candidate, Errno.EACCES);
            }

            _plan.Mark(next);
        }

        Tell(_name, Errno.ENOENT);
    }

    // The init looks for the program itself and says with its exit status what became of it.
    private void ExecuteInit()
    {
        const int AT_EMPTY_PATH = 0x1000;
        int program = _plan.Keep(InitProgram.Create(_name, _candidates));
        nint arguments = _plan.Vector(["/sbin/docker-init", "--", .. _process.Args!]);
        _plan.Add("execveat", "init", Call.execveat, program, _plan.Text(""), arguments, _environment, AT_EMPTY_PATH);
    }

    private void ExecuteOne(string path)
    {
        const int F_OK = 0, AtCurrentDirectory = -100;
        PlanLabel missing = _plan.NewLabel();
        nint text = _plan.Text(path);
        _plan.Add("execve", path, Call.execve, text, _arguments, _environment).On(Errno.ENOENT, missing);
        _plan.Mark(missing);
        _plan.Add("faccessat", path, Call.faccessat, AtCurrentDirectory, text, F_OK).Allow(Errno.EPERM);
        MissingInterpreter = _plan.Fail("exec", path, Errno.ENOENT).Index;
    }

    private void Tell(string path, Errno errno)
    {
        byte[] message = System.Text.Encoding.UTF8.GetBytes($"exec {path}: {errno.Describe()}\n");
        _plan.Add("write", "stderr", Call.write, 2, _plan.Bytes(message), message.Length).IgnoreErrors();
        _plan.Add("exit_group", "1", Call.exit_group, 1);
    }
}
