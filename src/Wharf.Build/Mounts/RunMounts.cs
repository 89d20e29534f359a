using System.Text;
using Microsoft.Win32.SafeHandles;
using Wharf.Build.Copying;
using Wharf.Build.Execution;
using Wharf.Build.Stages;
using Wharf.Linux;
using Wharf.Primitives;

namespace Wharf.Build.Mounts;

/// <summary>Makes the mounts of a RUN step ready: folders of the context or of stages, caches, tmpfs, secrets.</summary>
internal sealed class RunMounts(BuildSession session, Stage stage, IBuildOutput output)
{
    public async Task<PreparedMounts> PrepareAsync(IReadOnlyList<RunMount> mounts, StageState state, CancellationToken ct)
    {
        var prepared = new PreparedMounts(session);
        try
        {
            foreach (var mount in mounts)
            {
                switch (mount.Type)
                {
                    case RunMountType.Tmpfs:
                        prepared.Add(new BuildMount(Absolute(mount.Target!, state), null, ReadOnly: false, mount.Size), $"tmpfs {mount.Target}");
                        break;
                    case RunMountType.Cache:
                        await AddCacheAsync(prepared, mount, state, ct);
                        break;
                    case RunMountType.Bind:
                        await AddBindAsync(prepared, mount, state, ct);
                        break;
                    case RunMountType.Secret:
                        AddSecret(prepared, mount, state);
                        break;
                    default:
                        AddAgent(prepared, mount, state);
                        break;
                }
            }

            return prepared;
        }
        catch
        {
            await prepared.DisposeAsync();
            throw;
        }
    }

    private async Task AddCacheAsync(PreparedMounts prepared, RunMount mount, StageState state, CancellationToken ct)
    {
        string target = Absolute(mount.Target!, state);
        string scope = session.Arguments.Steering("BUILDKIT_CACHE_MOUNT_NS") is { Length: > 0 } space ? space + "/" : "";
        var lease = await session.CacheMounts.TakeAsync(scope + (mount.Id ?? target), mount.Sharing, ct);
        prepared.Own(lease);
        if (lease.IsNew)
        {
            if (mount.From is not null)
            {
                await CopyToAsync(mount, lease.Path, ct);
            }

            NameCalls.ChangeMode(FileCalls.CurrentDirectory, lease.Path, mount.Mode ?? 0b111_101_101).ThrowIfError("fchmodat", lease.Path);
            NameCalls.ChangeOwner(FileCalls.CurrentDirectory, lease.Path, mount.UserId, mount.GroupId, AtFlags.None).ThrowIfError("fchownat", lease.Path);
        }

        prepared.Add(new BuildMount(target, lease.Path, mount.ReadOnly), $"cache {mount.Id ?? target} {target}");
    }

    /// <summary>
    /// A bind shows the files of an image as they are, where nothing can be written; else a copy of the source: what the step writes there never
    /// reaches the context or another stage.
    /// </summary>
    private async Task AddBindAsync(PreparedMounts prepared, RunMount mount, StageState state, CancellationToken ct)
    {
        string target = Absolute(mount.Target!, state);
        if (mount is { From: { } from, ReadOnly: true } && await session.FindImageAsync(from, stage, output, ct) is { Id.IsEmpty: false } image)
        {
            // Layers are what they were made of: the same ones have the same files, whatever the image's configuration says.
            string part = await ResolveAsync(image, mount, ct), layers = string.Join(' ', image.Config.RootFs?.DiffIds ?? []);
            prepared.Add(new BuildMount(target, null, ReadOnly: true) { Image = image.Id, ImagePath = part },
                $"bind {target} {Digest.Sha256(Encoding.UTF8.GetBytes(layers)).Encoded} {part}");
            return;
        }

        string folder = session.NewTemporaryPath();
        Directory.CreateDirectory(folder);
        prepared.OwnFolder(folder);
        (string path, string content) = await CopyToAsync(mount, folder, ct);
        prepared.Add(new BuildMount(target, path, mount.ReadOnly), $"bind {target} {content}");
    }

    private async Task<(string Path, string Content)> CopyToAsync(RunMount mount, string folder, CancellationToken ct)
    {
        await using var opened = await session.OpenAsync(mount.From, stage, output, ct);
        var tree = opened.Tree ?? throw WharfException.Invalid("there is no build context to mount from");
        string source = PathPattern.Clean(mount.Source.TrimStart('/'));
        source = source == "." ? "" : source;
        if (source == ".." || source.StartsWith("../", StringComparison.Ordinal) || tree.Status(source, followLast: true) is not { } status)
        {
            throw NoSource(mount);
        }

        using var key = new ContentKey();
        key.Add(new CopyItem(tree, source, "/"), new CopyLook(), ct);
        FileCalls.Open(folder, OpenFlags.ReadOnly | OpenFlags.Directory | OpenFlags.CloseOnExec, out SafeFileHandle root).ThrowIfError("open", folder);
        using (root)
        {
            string name = status.IsDirectory ? "/" : "/file";
            TreeCopy.Copy(new CopyItem(tree, source, name), new TargetTree(root), new CopyLook(), ct);
            return (status.IsDirectory ? folder : Path.Combine(folder, "file"), key.Finish().Encoded);
        }
    }

    /// <summary>The source in an image, without a link in its way.</summary>
    private async Task<string> ResolveAsync(BuildImage image, RunMount mount, CancellationToken ct)
    {
        string source = mount.Source.TrimStart('/');
        await using var workspace = await session.Workspaces.OpenReadOnlyAsync(image.Id, ct);
        var errno = FileCalls.OpenAt2(workspace.Root, source.Length == 0 ? "." : source, OpenFlags.Path | OpenFlags.CloseOnExec, ResolveFlags.InRoot | ResolveFlags.NoMagicLinks, out SafeFileHandle file);
        using (file)
        {
            if (errno is Errno.ENOENT or Errno.ENOTDIR or Errno.ELOOP)
            {
                throw NoSource(mount);
            }

            errno.ThrowIfError("openat2", source);
            return LinkFreePath.Of(workspace.Root, source);
        }
    }

    private static WharfException NoSource(RunMount mount) =>
        WharfException.Invalid($"the source {mount.Source} of the mount {mount.Target} was not found in {mount.From ?? "the build context"}");

    private void AddAgent(PreparedMounts prepared, RunMount mount, StageState state)
    {
        string id = mount.Id ?? "default";
        if (session.Request.Agents is not { } agents || !agents.Has(id))
        {
            if (mount.Required)
            {
                throw WharfException.Invalid($"the ssh agent {id} was not given to the build: use --ssh {id}");
            }

            return;
        }

        string path = prepared.NewMemoryPath(), target = Absolute(mount.Target ?? $"/run/buildkit/ssh_agent.{prepared.Mounts.Count}", state);
        Directory.CreateDirectory(path);
        prepared.Own(AgentSocket.Listen(path, agents, mount));
        prepared.Add(new BuildMount(target, AgentSocket.PathIn(path), ReadOnly: false), $"ssh {id}");
        prepared.AddEnvironment("SSH_AUTH_SOCK=" + target);
    }

    private void AddSecret(PreparedMounts prepared, RunMount mount, StageState state)
    {
        string id = mount.Id ?? Path.GetFileName(mount.Target) ?? throw WharfException.Invalid("a secret mount needs an id or a target");
        if (!session.Request.Secrets.TryGetValue(id, out byte[]? value))
        {
            if (mount.Required)
            {
                throw WharfException.Invalid($"secret {id}: not found: give it to the build with --secret id={id},src=FILE");
            }

            return;
        }

        if (mount.EnvironmentVariable is { } variable)
        {
            prepared.AddSecretEnvironment($"{variable}={Encoding.UTF8.GetString(value)}");
        }

        if (mount.Target is not null || mount.EnvironmentVariable is null)
        {
            string path = prepared.WriteSecret(value, mount.Mode ?? 0b100_000_000, mount.UserId, mount.GroupId);
            prepared.Add(new BuildMount(Absolute(mount.Target ?? "/run/secrets/" + id, state), path, ReadOnly: true), $"secret {id}");
        }
    }

    private static string Absolute(string target, StageState state) =>
        PathPattern.Clean(target.StartsWith('/') ? target : $"/{state.Run.WorkingDir}/{target}");
}
