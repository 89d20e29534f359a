namespace Wharf.Images.Maintenance;

/// <summary>When images that no container uses are removed without being asked: as soon as the disk is fuller than one mark, until it is emptier than another.</summary>
public sealed record ImageGcPolicy
{
    /// <summary>Per cent of the file system in use above which removal begins.</summary>
    public int HighPercent { get; init; } = 85;

    /// <summary>Per cent below which it ends.</summary>
    public int LowPercent { get; init; } = 80;

    /// <summary>Images that were pulled, made, tagged or used more recently are left alone.</summary>
    public TimeSpan MinimumAge { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Lists everything wrong with these values.</summary>
    public IEnumerable<string> Problems()
    {
        if (HighPercent is < 1 or > 100)
        {
            yield return $"image-gc-high: {HighPercent} is no percentage";
        }

        if (LowPercent < 0 || LowPercent >= HighPercent)
        {
            yield return $"image-gc-low: {LowPercent} must be below image-gc-high ({HighPercent})";
        }

        if (MinimumAge < TimeSpan.Zero)
        {
            yield return "image-gc-min-age must not be negative";
        }
    }
}
