namespace Wharf.Images.Snapshots.Whole;

/// <summary>How a driver of whole trees makes a new one.</summary>
internal interface ITreeMaker
{
    /// <summary>The driver's name.</summary>
    string Name { get; }

    /// <summary>An empty tree at a path whose parent exists.</summary>
    void MakeEmpty(string path);

    /// <summary>A writable copy of another tree.</summary>
    void MakeCopy(string source, string path);
}
