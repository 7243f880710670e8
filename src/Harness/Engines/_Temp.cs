#pragma warning disable
using Gdn.Harness.Models;
using Gdn.Harness.Faults;
using Gdn.Reference.Batches;
namespace Gdn.Harness.Engines;
public sealed class CpuModelEngine(string name, LoadedModel m, int s, int p, Fault? f) : IModelEngine {
 ReferenceModelEngine e = new(m,s,p);
 public EngineInfo Info => e.Info; public EngineCounters Counters => e.Counters;
 public void Decode(TokenBatch b, Span<float> l) => e.Decode(b,l); public int NextPosition(int s)=>e.NextPosition(s);
 public int SlotOf(int s)=>e.SlotOf(s); public void Clear(int s)=>e.Clear(s); public void Copy(int a,int b)=>e.Copy(a,b);
 public IStateSnapshot Snapshot(int s)=>e.Snapshot(s); public void Restore(int s, IStateSnapshot x)=>e.Restore(s,x);
 public void Rollback(int s,int c)=>e.Rollback(s,c); public void Dispose(){}
}
