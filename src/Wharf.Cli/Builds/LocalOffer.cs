using Wharf.Cli.Framework;
using Wharf.Client.Http;
using Wharf.Primitives;

namespace Wharf.Cli.Builds;

/// <summary>Offers the folders of a build to an engine on this machine, which reads them where they are.</summary>
internal sealed class LocalOffer : IDisposable
{
    private readonly LocalProof _proof;

    private LocalOffer(LocalProof proof, LocalFolders folders)
    {
        _proof = proof;
        Folders = folders;
    }

    public LocalFolders Folders { get; }

    /// <summary>The offer, if the engine takes it; it must live until the build is over.</summary>
    public static async Task<LocalOffer?> MakeAsync(CliContext cli, BuildContext context, CancellationToken ct)
    {
        if (context.Folders is not { } folders || LocalProof.TryMake(cli) is not { } proof)
        {
            return null;
        }

        try
        {
            var query = new Query { { "proof", proof.Text }, { "folder", [.. folders.All] } };
            using EngineReply reply = await cli.Client.SendAsync("POST", "/build/context" + query, null, ct);
            await reply.ReadAllAsync(ct);
            return new LocalOffer(proof, folders);
        }
        catch (WharfException e) when (e.Kind is not (ErrorKind.Unavailable or ErrorKind.Cancelled))
        {
            // Docker's own engine has no such route, ours may not see the folder as we do: the files are sent.
            proof.Dispose();
            return null;
        }
    }

    public void AddTo(Query query)
    {
        query.Add("proof", _proof.Text);
        query.Add("folder", Folders.Root);
    }

    public void Dispose() => _proof.Dispose();
}
