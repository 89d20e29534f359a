using System.Text;
using Wharf.Build.Execution;
using Wharf.Linux;

namespace Wharf.Build.Mounts;

/// <summary>The mounts of one step, ready to use; everything made for them goes when it is disposed.</summary>
internal sealed class PreparedMounts(BuildSession session) : IAsyncDisposable
{
    private readonly List<BuildMount> _mounts = [];
    private readonly List<string> _environment = [];
    private readonly List<string> _secretEnvironment = [];
    private readonly List<object> _owned = [];
    private readonly List<string> _folders = [];
    private readonly StringBuilder _key = new();
    private IBuildMemory? _memory;

    public IReadOnlyList<BuildMount> Mounts => _mounts;

    public IReadOnlyList<string> Environment => _environment;

    /// <summary>Variables whose values are secrets.</summary>
    public IReadOnlyList<string> SecretEnvironment => _secretEnvironment;

    /// <summary>What the mounts add to the step's cache key; secrets count by name only.</summary>
    public string KeyText => _key.ToString();

    public void Add(BuildMount mount, string key)
    {
        _mounts.Add(mount);
        _key.Append(key).Append(';');
    }

    public void AddEnvironment(string entry) => _environment.Add(entry);

    public void AddSecretEnvironment(string entry) => _secretEnvironment.Add(entry);

    public void Own(object disposable) => _owned.Add(disposable);

    public void OwnFolder(string path) => _folders.Add(path);

    /// <summary>Makes a script of a here-document executable inside the container and returns its path there.</summary>
    public string AddScript(string content)
    {
        string path = session.NewTemporaryPath();
        File.WriteAllText(path, content);
        NameCalls.ChangeMode(FileCalls.CurrentDirectory, path, 0b111_101_101).ThrowIfError("fchmodat", path);
        _folders.Add(path);
        const string Inside = "/dev/wharf-heredoc";
        _mounts.Add(new BuildMount(Inside, path, ReadOnly: true));
        return Inside;
    }

    /// <summary>A new path in memory, gone with the step.</summary>
    public string NewMemoryPath()
    {
        if (_memory is null)
        {
            _memory = session.Workspaces.OpenMemory();
            _owned.Insert(0, _memory);
        }

        return Path.Combine(_memory.Path, Guid.NewGuid().ToString("N"));
    }

    public string WriteSecret(byte[] value, uint mode, uint user, uint group)
    {
        string path = NewMemoryPath();
        using (var file = new FileStream(path, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite }))
        {
            file.Write(value);
        }

        NameCalls.ChangeOwner(FileCalls.CurrentDirectory, path, user, group, AtFlags.None).ThrowIfError("fchownat", path);
        NameCalls.ChangeMode(FileCalls.CurrentDirectory, path, mode).ThrowIfError("fchmodat", path);
        return path;
    }

    public async ValueTask DisposeAsync()
    {
        // The newest first: sockets close before the memory goes that they are in.
        foreach (object owned in _owned.AsEnumerable().Reverse())
        {
            if (owned is IAsyncDisposable later)
            {
                await later.DisposeAsync();
            }
            else
            {
                ((IDisposable)owned).Dispose();
            }
        }

        foreach (string path in _folders)
        {
            if (Directory.Exists(path))
            {
                Directory.Delete(path, recursive: true);
            }
            else
            {
                File.Delete(path);
            }
        }
    }
}
