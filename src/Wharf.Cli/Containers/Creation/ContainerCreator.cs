using Wharf.Api.Containers;
using Wharf.Cli.Framework;
using Wharf.Cli.Framework.Commands;
using Wharf.Cli.Images;
using Wharf.Primitives;

namespace Wharf.Cli.Containers.Creation;

/// <summary>What <c>create</c> and <c>run</c> share: the request, the pull when the image is missing, the id file, the warnings.</summary>
internal static class ContainerCreator
{
    private const string Always = "always";
    private const string Missing = "missing";

    public static void CheckPull(Invocation call)
    {
        string pull = call.String("pull");
        if (pull is not (Always or Missing or "never"))
        {
            throw new CommandException($"invalid pull option: '{pull}': must be one of \"always\", \"missing\" or \"never\"");
        }
    }

    /// <returns>The new container's id.</returns>
    public static async Task<string> CreateAsync(Invocation call, ContainerCreateRequest request, CancellationToken ct)
    {
        CliContext cli = call.Cli;
        WarnOfLocalDns(cli, request.HostConfig!);
        using var idFile = IdFile.Prepare(call.String("cidfile"));
        ImageReference? image = NormalizeImage(request);
        string platform = call.String("platform");
        if (platform.Length == 0)
        {
            platform = cli.Env("DOCKER_DEFAULT_PLATFORM") ?? "";
        }

        if (platform.Length > 0)
        {
            PlatformJson.Parse(platform, "error parsing specified platform");
        }

        bool quiet = call.Bool("quiet");
        if (call.String("pull") == Always && image is not null)
        {
            await ImagePuller.PullAsync(cli, image, platform, false, quiet ? null : cli.Error, ct);
        }

        ContainerCreateResponse response;
        try
        {
            response = await cli.Client.CreateContainerAsync(request, call.String("name"), platform, ct);
        }
        catch (WharfException e) when (e.Kind == ErrorKind.NotFound && image is not null && call.String("pull") == Missing && IsMissingImage(e))
        {
            if (!quiet)
            {
                cli.Error.WriteLine($"Unable to find image '{image.Familiar}' locally");
            }

            await ImagePuller.PullAsync(cli, image, platform, false, quiet ? null : cli.Error, ct);
            response = await cli.Client.CreateContainerAsync(request, call.String("name"), platform, ct);
        }

        foreach (string warning in response.Warnings ?? [])
        {
            cli.Error.WriteLine("WARNING: " + warning);
        }

        idFile.Write(response.Id!);
        return response.Id!;
    }

    private static bool IsMissingImage(WharfException error) =>
        error.Message.Contains("No such image", StringComparison.OrdinalIgnoreCase) || error.Message.Contains("specified platform", StringComparison.Ordinal);

    /// <summary>A name gets its default tag; an id stays as it is and is never pulled.</summary>
    private static ImageReference? NormalizeImage(ContainerCreateRequest request)
    {
        string given = request.Image!;
        if (Digest.TryParse(given, out _) || ObjectId.IsFull(given))
        {
            return null;
        }

        ImageReference image = ImageReference.Parse(given).WithDefaultTag();
        return image;
    }

    private static void WarnOfLocalDns(CliContext cli, HostConfig host)
    {
        foreach (string address in host.Dns ?? [])
        {
            if (address.StartsWith("127.", StringComparison.Ordinal) || address == "::1")
            {
                cli.Error.WriteLine($"WARNING: Localhost DNS ({address}) may fail in containers.");
                return;
            }
        }
    }

    /// <summary>The file of <c>--cidfile</c>: made first, so that a second run cannot take it, and removed when nothing was written.</summary>
    private sealed class IdFile : IDisposable
    {
        private readonly string _path;
        private readonly FileStream? _file;
        private bool _written;

        private IdFile(string path, FileStream? file)
        {
            _path = path;
            _file = file;
        }

        public static IdFile Prepare(string path)
        {
            if (path.Length == 0)
            {
                return new IdFile("", null);
            }

            if (File.Exists(path))
            {
                throw new CommandException($"container ID file found, make sure the other container isn't running or delete {path}");
            }

            try
            {
                return new IdFile(path, new FileStream(path, FileMode.CreateNew));
            }
            catch (DirectoryNotFoundException)
            {
                throw new CommandException($"failed to create the container ID file: open {path}: no such file or directory");
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new CommandException($"failed to create the container ID file: {e.Message}");
            }
        }

        public void Write(string id)
        {
            _file?.Write(System.Text.Encoding.ASCII.GetBytes(id));
            _written = true;
        }

        public void Dispose()
        {
            _file?.Dispose();
            if (_file is not null && !_written)
            {
                File.Delete(_path);
            }
        }
    }
}
