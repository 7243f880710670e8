using Gdn.Harness.Server.Caching;
using Gdn.Reference.Engines;

namespace Gdn.Harness.Server.Scheduling;

/// <summary>
/// States of slots that clients save under a name and restore later, into the same slot or another. They are kept in memory,
/// as long as the server runs.
/// </summary>
/// <param name="engine">The engine; it must declare snapshots.</param>
/// <param name="states">How states are restored.</param>
internal sealed class SlotFiles(IModelEngine engine, StateHandling states)
{
    // As many as anybody needs; a client cannot fill the memory with more.
    private const int FilesMax = 256;

    private readonly Dictionary<string, Checkpoint> _files = [];

    /// <summary>Saves a slot's state; an older one of that name is lost.</summary>
    /// <returns>The tokens that the state stands for.</returns>
    /// <exception cref="ApiException">The slot is empty, or too many are kept.</exception>
    public int Save(Slot slot, string name)
    {
        if (slot.Tokens.Length == 0) throw ApiException.Invalid($"Slot {slot.Id} is empty");
        if (_files.Count == FilesMax && !_files.ContainsKey(name))
            throw ApiException.Invalid($"{FilesMax} files are kept; use the name of one of them");
        _files[name] = new Checkpoint(slot.Tokens.ToArray(), engine.Snapshot(slot.Id));
        return slot.Tokens.Length;
    }

    /// <summary>Restores a state into a slot; what the slot held is lost.</summary>
    /// <returns>The tokens that the state stands for.</returns>
    /// <exception cref="ApiException">None of that name was saved.</exception>
    public int Restore(Slot slot, string name)
    {
        if (!_files.TryGetValue(name, out Checkpoint? saved)) throw ApiException.Invalid($"No file '{name}' was saved");
        states.RestoreFile(engine, slot.Id, saved.State);
        slot.Set(saved.Tokens);
        return saved.Tokens.Length;
    }

    /// <summary>Erases what a slot holds.</summary>
    /// <returns>The tokens that it held.</returns>
    public int Erase(Slot slot)
    {
        int held = slot.Tokens.Length;
        engine.Clear(slot.Id);
        slot.Set([]);
        return held;
    }
}
