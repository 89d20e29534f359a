using Microsoft.Data.Sqlite;
using Wharf.Images.Index;
using Wharf.Images.Layers;
using Wharf.Oci.Images;
using Wharf.Primitives;

namespace Wharf.Images.Catalog;

/// <summary>
/// One removal, by Docker's rules: a name goes first; the image goes with its last name; unnamed parents follow. Works on a copy of the
/// state and gives one change, so that a conflict half-way leaves everything as it was.
/// </summary>
internal sealed class ImageRemover(IndexState start, IReadOnlyList<ImageUse> uses, LayerStore layers)
{
    private readonly List<Action<SqliteConnection>> _writes = [];
    private readonly List<Action> _afters = [];
    private IndexState _state = start;

    public List<ImageDeletion> Records { get; } = [];

    public List<(string Action, Digest Image)> Events { get; } = [];

    /// <summary>Unpacked bytes that the removal frees.</summary>
    public long Freed { get; private set; }

    public IndexChange Change => new(_state, connection => _writes.ForEach(write => write(connection)))
    {
        After = () => _afters.ForEach(after => after()),
    };

    public void Remove(string name, bool force, bool prune)
    {
        ImageRecord image = NameResolver.Resolve(_state, name, null);
        bool byName = !NameResolver.IsIdPrefix(image.Id, name);
        if (byName)
        {
            RemoveByName(image, name, force, out bool finished);
            if (finished)
            {
                return;
            }
        }
        else if (IsSingleName(Names(image.Id)))
        {
            CheckRunningAndStopped(image.Id, force, activeNames: false);
            foreach (NameKey key in Names(image.Id))
            {
                Untag(key, image.Id);
            }
        }

        Delete(image.Id, force, prune, quiet: byName);
        DeleteVariants(image, prune);
    }

    // They were there by the name of this one: nobody could speak of them any more.
    private void DeleteVariants(ImageRecord image, bool prune)
    {
        if (_state.Images.ContainsKey(image.Id))
        {
            return;
        }

        List<ImageRecord> others = [.. _state.VariantsOf(image).Where(v => v.Id != image.Id)];
        if (others.TrueForAll(v => Names(v.Id).Count == 0))
        {
            others.ForEach(v => Delete(v.Id, force: false, prune, quiet: true));
        }
    }

    /// <summary>Removes the variants of an image for these platforms; its names go on to a variant that stays.</summary>
    public void RemovePlatforms(string name, IReadOnlyList<Platform> platforms, bool force)
    {
        ImageRecord image = NameResolver.Resolve(_state, name, null);
        foreach (Platform platform in platforms)
        {
            List<ImageRecord> variants = [.. _state.VariantsOf(image)];
            ImageRecord variant = variants.Find(v => platform.Accepts(v.Platform)) ?? throw ImageErrors.OtherPlatform(name, platform, image.Platform);
            if (variants.Find(v => v.Id != variant.Id) is not { } heir)
            {
                Remove(variant.Id == NameResolver.Resolve(_state, name, null).Id ? name : variant.Id.ToString(), force, prune: true);
                return;
            }

            CheckRunningAndStopped(variant.Id, force, activeNames: false);
            foreach (NameKey key in Names(variant.Id))
            {
                _state = _state with { Names = _state.Names.SetItem(key, heir.Id) };
                _writes.Add(connection => IndexWrites.PutName(connection, key, heir.Id));
            }

            Delete(variant.Id, force, prune: true, quiet: false);
            image = heir;
        }
    }

    private List<NameKey> Names(Digest image) => [.. _state.NamesOf(image).Order()];

    private void RemoveByName(ImageRecord image, string name, bool force, out bool finished)
    {
        if (!force && IsSingleName(Names(image.Id)) && uses.FirstOrDefault(u => u.ImageId == image.Id) is { } use)
        {
            throw ImageErrors.NameInUse(name, use.ContainerId, image.Id);
        }

        NameKey key = NameKey.Of(ImageReference.Parse(name).WithDefaultTag());
        Untag(key, image.Id);
        if (key.IsTag && !Names(image.Id).Any(n => n.IsTag && n.Repository == key.Repository))
        {
            // The digests of a repository go with its last tag.
            foreach (NameKey digest in Names(image.Id).Where(n => n.Repository == key.Repository))
            {
                Untag(digest, image.Id);
            }
        }

        finished = Names(image.Id).Count > 0;
    }

    private void Untag(NameKey key, Digest image)
    {
        _state = _state with { Names = _state.Names.Remove(key) };
        _writes.Add(connection => IndexWrites.DeleteName(connection, key));
        Records.Add(new ImageDeletion(key.Familiar, null));
        Events.Add(("untag", image));
    }

    private void Delete(Digest image, bool force, bool prune, bool quiet)
    {
        try
        {
            CheckRunningAndStopped(image, force, activeNames: true);
        }
        catch (WharfException e) when (e.Kind == ErrorKind.Conflict && quiet
            && (uses.Any(u => u.ImageId == image) || Names(image).Count > 0 || _state.ChildrenOf(image).Any()))
        {
            // The name was what was asked to go; an image that is otherwise needed stays, and that is no failure.
            return;
        }

        Digest parent = _state.Images[image].Parent;
        foreach (NameKey key in Names(image))
        {
            Untag(key, image);
        }

        IndexState before = _state;
        _state = _state with { Images = _state.Images.Remove(image) };
        IndexChange change = layers.WithoutUnusedLayers(new IndexChange(_state, connection => IndexWrites.DeleteImage(connection, image)));
        _state = change.State;
        _writes.Add(change.Write);
        if (change.After is { } after)
        {
            _afters.Add(after);
        }

        Records.Add(new ImageDeletion(null, image.ToString()));
        Events.Add(("delete", image));
        foreach (LayerRecord layer in TopFirst(before, before.Layers.Values.Where(l => !_state.Layers.ContainsKey(l.Chain))))
        {
            Records.Add(new ImageDeletion(null, layer.Chain.ToString()));
            Freed += layer.Size;
        }

        if (prune && !parent.IsEmpty && _state.Images.ContainsKey(parent))
        {
            Delete(parent, force: false, prune: true, quiet: true);
        }
    }

    private void CheckRunningAndStopped(Digest image, bool force, bool activeNames)
    {
        if (_state.ChildrenOf(image).Any())
        {
            throw ImageErrors.CannotDelete(image, hard: true, "image has dependent child images");
        }

        if (uses.FirstOrDefault(u => u.ImageId == image && u.Running) is { } running)
        {
            throw ImageErrors.CannotDelete(image, hard: true, $"image is being used by running container {ObjectId.Shorten(running.ContainerId)}");
        }

        if (force)
        {
            return;
        }

        if (activeNames && Names(image).Count > 0)
        {
            throw ImageErrors.CannotDelete(image, hard: false, "image is referenced in multiple repositories");
        }

        if (uses.FirstOrDefault(u => u.ImageId == image) is { } stopped)
        {
            throw ImageErrors.CannotDelete(image, hard: false, $"image is being used by stopped container {ObjectId.Shorten(stopped.ContainerId)}");
        }
    }

    /// <summary>At most one tag, and all names of one repository.</summary>
    private static bool IsSingleName(List<NameKey> names) =>
        names.Count <= 1 || (names.Count(n => n.IsTag) <= 1 && names.Select(n => n.Repository).Distinct(StringComparer.Ordinal).Count() == 1);

    private static IEnumerable<LayerRecord> TopFirst(IndexState state, IEnumerable<LayerRecord> removed) =>
        removed.OrderByDescending(l => state.LayersOf(l.Chain).Count);
}
