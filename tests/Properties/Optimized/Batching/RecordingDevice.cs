using System.Globalization;
using Gdn.Optimized.Batching;

namespace Gdn.Properties.Optimized.Batching;

/// <summary>A device that computes nothing and records what it is asked to do, one line a call.</summary>
internal sealed class RecordingDevice(DeviceTraits traits) : IDevice
{
    public List<string> Calls { get; } = [];

    public DeviceTraits Traits => traits;

    public void Begin(int outputs) => Note($"begin {outputs}");

    public void Run(RunLayout layout, BatchPlan? plan) => Note(
        $"{(plan is null ? "in place" : "plan")} {string.Join(' ', layout.Sequences.ToArray().Select(
            s => $"{s.Sequence}@{s.Slot}:{s.FirstPosition}+{s.Count}"))} tokens {string.Join(' ', layout.Tokens.ToArray())}");

    public void Finish(Span<float> logits) => Note($"finish {logits.Length}");

    // Every pass reserves; it would only make the record long.
    public void Reserve(int slot, int positions)
    {
    }

    public void Zero(int slot) => Note($"zero {slot}");

    public void Fill(int slot, float value) => Note($"fill {slot} {value}");

    public void Copy(int source, int plane, int target, int positions) => Note($"copy {source}.{plane} to {target}, {positions}");

    public SlotSnapshot Export(int slot, int plane, int positions)
    {
        Note($"export {slot}.{plane}, {positions}");
        return new SlotSnapshot(positions, [], []);
    }

    public bool Fits(SlotSnapshot snapshot) => true;

    public void Import(int slot, SlotSnapshot snapshot) => Note($"import {slot}");

    public void Dispose() => Note($"dispose");

    private void Note(FormattableString call) => Calls.Add(call.ToString(CultureInfo.InvariantCulture));
}
