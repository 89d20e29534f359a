using Microsoft.AspNetCore.Http;
using Wharf.Primitives;
using Wharf.Registry.Access;
using Wharf.Registry.Http;
using Wharf.Registry.Notifications;
using Wharf.Registry.Storage;

namespace Wharf.Registry.Endpoints;

/// <summary>Uploads of blobs: end-4 to end-6, end-11 and end-13 of the distribution specification.</summary>
internal sealed class UploadEndpoints(RegistryServices services)
{
    // A request whose client is gone may hold the upload for as long as it takes the kernel to say so.
    private static readonly TimeSpan TurnPatience = TimeSpan.FromSeconds(10);

    private RegistryStore Store => services.Store;

    public async Task BeginAsync(RegistryCall call)
    {
        if (call.Query("mount") is { } wanted && TryMount(call, RegistryCall.DigestOf(wanted), call.Query("from")))
        {
            return;
        }

        if (call.Query("digest") is not { } text || call.Query("mount") is not null)
        {
            Answer(call, Store.Uploads.Begin(call.Repository), StatusCodes.Status202Accepted);
            return;
        }

        Digest digest = RegistryCall.DigestOf(text);
        Upload upload = Store.Uploads.Begin(call.Repository);
        try
        {
            await FinishAsync(call, upload, digest);
        }
        catch
        {
            Store.Uploads.End(upload);
            throw;
        }
    }

    public Task StatusAsync(RegistryCall call)
    {
        Answer(call, Find(call), StatusCodes.Status204NoContent);
        return Task.CompletedTask;
    }

    public Task AppendAsync(RegistryCall call) => InTurnAsync(call, async upload =>
    {
        CheckRange(call, upload);
        await ReceiveAsync(call, upload);
        Answer(call, upload, StatusCodes.Status202Accepted);
    });

    public Task CloseAsync(RegistryCall call)
    {
        Digest digest = RegistryCall.DigestOf(call.Query("digest"));
        return InTurnAsync(call, upload =>
        {
            CheckRange(call, upload);
            return FinishAsync(call, upload, digest);
        });
    }

    public Task CancelAsync(RegistryCall call) => InTurnAsync(call, upload =>
    {
        Store.Uploads.End(upload);
        return call.StatusAsync(StatusCodes.Status204NoContent);
    });

    private bool TryMount(RegistryCall call, Digest digest, string? from)
    {
        // No word about the other repository to who may not read it: the upload begins as if it had nothing.
        bool shared = from is null ? TryFind(call, digest) : StoreLayout.IsName(from) && call.Caller.May(from, Actions.Pull) && Store.Pool.TryShare(digest, from, call.Repository);
        if (!shared)
        {
            return false;
        }

        Created(call, digest);
        services.Note("mount", call, "application/octet-stream", digest, Store.BlobSize(call.Repository, digest) ?? 0, null);
        return true;
    }

    /// <summary>Without a repository to take it from, any one will do that has the blob and that the caller may read.</summary>
    private bool TryFind(RegistryCall call, Digest digest)
    {
        if (!Store.Pool.IsShared(digest))
        {
            return false;
        }

        return call.Caller == Caller.Anyone ? Store.Pool.TryLink(digest, call.Repository)
            : Store.Names.Any(name => call.Caller.May(name, Actions.Pull) && Store.Pool.TryShare(digest, name, call.Repository));
    }

    private Upload Find(RegistryCall call)
    {
        Upload upload = Store.Uploads.Get(call.Target.Reference, call.Repository);
        services.Links.Check(call, upload);
        return upload;
    }

    private async Task InTurnAsync(RegistryCall call, Func<Upload, Task> act)
    {
        Upload upload = Find(call);
        if (!await upload.EnterAsync(TurnPatience, call.Ct))
        {
            throw RegistryFault.RangeInvalid("another request is writing this upload");
        }

        try
        {
            await act(upload);
        }
        finally
        {
            upload.Leave();
        }
    }

    private void CheckRange(RegistryCall call, Upload upload)
    {
        if (call.Request.Headers.ContentRange.ToString() is not { Length: > 0 } header)
        {
            return;
        }

        ByteRange range = ByteRange.ParseChunk(header);
        if (range.First != upload.Length)
        {
            // Says where to go on, as the specification wants it for a chunk out of order.
            Describe(call, upload);
            throw RegistryFault.RangeInvalid($"the chunk begins at {range.First}, the upload has {upload.Length} bytes");
        }

        if (call.Request.ContentLength is { } length && length != range.Length)
        {
            throw RegistryFault.LengthInvalid($"the chunk has {length} bytes, its range {range.Length}");
        }
    }

    private async Task ReceiveAsync(RegistryCall call, Upload upload)
    {
        long before = upload.Length;
        try
        {
            await upload.AppendAsync(call.Request.Body, services.Limits.MaxBlob, Store.Clock, call.Ct);
        }
        catch (Exception e) when (Inodes.IsNoSpace(e))
        {
            Store.Uploads.End(upload);
            throw RegistryFault.NoSpace();
        }
        catch (RegistryFault)
        {
            Store.Uploads.End(upload);
            throw;
        }
        finally
        {
            services.Meters.Received(upload.Length - before);
        }
    }

    private async Task FinishAsync(RegistryCall call, Upload upload, Digest expected)
    {
        await ReceiveAsync(call, upload);
        bool resumable = false;
        try
        {
            Digest digest = await upload.FinishAsync(expected, call.Ct);
            if (digest != expected)
            {
                throw RegistryFault.DigestInvalid($"{expected} was said, {digest} came");
            }

            Store.Pool.Adopt(upload.DataFile, digest, call.Repository);
        }
        catch (Exception e) when (Inodes.IsNoSpace(e))
        {
            throw RegistryFault.NoSpace();
        }
        catch (OperationCanceledException)
        {
            resumable = true;
            throw;
        }
        finally
        {
            if (!resumable)
            {
                Store.Uploads.End(upload);
            }
        }

        Created(call, expected);
        services.Note("push", call, "application/octet-stream", expected, upload.Length, null);
    }

    private void Created(RegistryCall call, Digest digest)
    {
        call.Response.Headers.Location = services.Links.Blob(call.Request, call.Repository, digest);
        call.Header("Docker-Content-Digest", digest.ToString());
        call.Response.StatusCode = StatusCodes.Status201Created;
        call.Response.ContentLength = 0;
    }

    private void Answer(RegistryCall call, Upload upload, int status)
    {
        Describe(call, upload);
        call.Response.StatusCode = status;
        if (status != StatusCodes.Status204NoContent)
        {
            call.Response.ContentLength = 0;
        }
    }

    private void Describe(RegistryCall call, Upload upload)
    {
        call.Response.Headers.Location = services.Links.Upload(call.Request, upload);
        call.Response.Headers.Range = $"0-{Math.Max(0, upload.Length - 1)}";
        call.Header("Docker-Upload-UUID", upload.Id.ToString("D"));
        call.Header("OCI-Chunk-Min-Length", "65536");
    }
}
