using Wharf.Build.Cache;
using Wharf.Build.Execution;
using Wharf.Images;
using Wharf.Images.Caches;
using Wharf.Images.Transfers;
using Wharf.Primitives;

namespace Wharf.Engine.Builds.Caches;

/// <summary>Opens the caches that a build names, and writes its steps to those it is told to.</summary>
internal sealed class CacheTransfers(IImageService images, CacheUploads uploads)
{
    /// <summary>Steps of transfers are numbered behind those of the Dockerfile.</summary>
    private const int FirstStep = 1_000_000;

    /// <param name="order">The build.</param>
    /// <param name="output">Told of what cannot be had, which is no failure.</param>
    /// <param name="ct">Ends it.</param>
    /// <returns>The caches, and the names of images that are caches by their history.</returns>
    public async Task<(CacheImports? Imports, IReadOnlyList<string> Images)> OpenAsync(BuildOrder order, IBuildOutput output, CancellationToken ct)
    {
        var sources = new List<ICacheSource>();
        var names = new List<string>();
        int number = FirstStep;
        try
        {
            foreach (string text in order.Request.CacheFrom)
            {
                if (!CacheSpec.HasAttributes(text))
                {
                    names.Add(text);
                    continue;
                }

                var spec = CacheSpec.From(text);
                if (spec.Reference is not { } reference)
                {
                    sources.Add(uploads.Take(spec.Upload));
                    continue;
                }

                await StepAsync(order, number++, $"importing cache manifest from {reference.Familiar}", async progress =>
                {
                    if (await images.OpenCacheAsync(reference, order.Credentials(reference.Domain), ct) is { } source)
                    {
                        sources.Add(source);
                        return;
                    }

                    await images.PullAsync(new PullRequest { Reference = reference, Credentials = order.Credentials(reference.Domain) }, progress, ct);
                    names.Add(reference.ToString());
                }, e => Warn(order, output, $"the cache {reference.Familiar} cannot be had: {e.Message}"));
            }

            return (sources.Count == 0 ? null : new CacheImports(sources, new Reporter(null, 0), text => Warn(order, output, text)), names);
        }
        catch
        {
            foreach (ICacheSource source in sources)
            {
                await source.DisposeAsync();
            }

            throw;
        }
    }

    /// <summary>Sends the build's steps to registries.</summary>
    public async Task PushAsync(BuildOrder order, IReadOnlyList<CacheSpec> targets, BuildResult result, IBuildOutput output, CancellationToken ct)
    {
        int number = FirstStep + 1000;
        foreach (CacheSpec target in targets.Where(t => t.Reference is not null))
        {
            ImageReference reference = target.Reference!;
            await StepAsync(order, number++, $"exporting cache to {reference.Familiar}",
                progress => images.PushCacheAsync(reference, Content(result, target.IsMax), target.Packing, order.Credentials(reference.Domain), progress, ct),
                target.IgnoresErrors ? e => Warn(order, output, $"the cache was not exported to {reference.Familiar}: {e.Message}") : null);
        }
    }

    /// <summary>What of a build goes into a cache: with mode=max the steps of all stages.</summary>
    public CacheContent Content(BuildResult result, bool isMax)
    {
        // An image may have been pruned while the build went on.
        List<BuildCacheEntry> steps = [.. CacheRecords.Select(result.Steps, result.LastStep, isMax).Where(s => images.TryResolve(s.Image.ToString(), out _))];
        return new CacheContent([.. steps.Select(s => s.Image).Distinct()], CacheRecords.Write(steps));
    }

    private static async Task StepAsync(BuildOrder order, int number, string text, Func<IProgress<TransferEvent>, Task> run, Action<WharfException>? tolerate)
    {
        IBuildProgress? progress = order.Request.Progress;
        progress?.Started(new BuildStep(number, "cache", 1, 0, text, 0));
        var outcome = StepOutcome.Failed;
        try
        {
            await run(new Reporter(progress, number));
            outcome = StepOutcome.Done;
        }
        catch (WharfException e) when (tolerate is not null && e.Kind != ErrorKind.Cancelled)
        {
            tolerate(e);
        }
        finally
        {
            progress?.Finished(number, outcome);
        }
    }

    private static void Warn(BuildOrder order, IBuildOutput output, string text)
    {
        output.Write($"[Warning] {text}\n");
        order.Request.Progress?.Warning(text);
    }

    private sealed class Reporter(IBuildProgress? progress, int step) : IProgress<TransferEvent>
    {
        public void Report(TransferEvent value) => progress?.Transfer(step, value);
    }
}
